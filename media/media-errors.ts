import { StrowgerError } from '../core/errors.ts'

/** Offer and answer share no voice codec (SIP: 488). */
export class NoCommonCodec extends StrowgerError {
  readonly code = 'no-common-codec'
}

/** The peer's SDP cannot be used: no parse, no audio line, no address, a profile that is not allowed (SIP: 488). */
export class UnusableSdp extends StrowgerError {
  readonly code = 'unusable-sdp'
}

/** Every media port is in use (SIP: 503). */
export class NoMediaPort extends StrowgerError {
  readonly code = 'no-media-port'
}

/** A sound cannot be played: no such file, no WAV file, an encoding we do not read, a tone that does not parse. */
export class UnplayableSource extends StrowgerError {
  readonly code = 'unplayable-source'
}

/** The endpoint, conference or media server has ended, or ended before the request was answered. */
export class MediaClosed extends StrowgerError {
  readonly code = 'media-closed'
}

/** The media server died under the request. A fresh one is started; what lived on the old one is gone. */
export class MediaServerDied extends StrowgerError {
  readonly code = 'media-server-died'
}

/** This media server cannot do that. */
export class MediaNotSupported extends StrowgerError {
  readonly code = 'media-not-supported'
}
