/** What is wrong with a message that could not be taken as it is. */
export type ParseFault =
  /** Nothing that could be SIP. */
  | { readonly code: 'not-sip'; readonly detail: string }
  | { readonly code: 'message-too-large'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'headers-too-large'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'bad-start-line'; readonly line: string }
  | { readonly code: 'bad-version'; readonly version: string }
  | { readonly code: 'bad-status'; readonly line: string }
  | { readonly code: 'bad-uri'; readonly uri: string }
  | { readonly code: 'unknown-scheme'; readonly scheme: string }
  /** A line that is no header. */
  | { readonly code: 'bad-line'; readonly line: string }
  | { readonly code: 'bad-header'; readonly header: string; readonly value: string }
  | { readonly code: 'missing-header'; readonly header: string }
  | { readonly code: 'duplicate-header'; readonly header: string }
  | { readonly code: 'method-mismatch'; readonly method: string; readonly cseqMethod: string }
  /** The header section has no end. */
  | { readonly code: 'truncated' }
  | { readonly code: 'short-body'; readonly expected: number; readonly got: number }

export type FaultCode = ParseFault['code']

/** The status RFC 3261 has for a request with this fault (responses and ACK are always dropped). */
export function statusForFault(fault: ParseFault): 400 | 413 | 416 | 505 | 'drop' {
  switch (fault.code) {
    case 'not-sip':
    case 'bad-status':
      return 'drop'
    case 'message-too-large':
    case 'headers-too-large':
      return 413
    case 'unknown-scheme':
      return 416
    case 'bad-version':
      return 505
    default:
      return 400
  }
}

/** One sentence for the log and for the reason phrase of the answer. */
export function describeFault(fault: ParseFault): string {
  switch (fault.code) {
    case 'not-sip':
      return `Not a SIP message: ${fault.detail}`
    case 'message-too-large':
      return `Message of ${fault.bytes} bytes is over the limit of ${fault.limit}`
    case 'headers-too-large':
      return `Headers of ${fault.bytes} bytes are over the limit of ${fault.limit}`
    case 'bad-start-line':
      return 'Malformed start line'
    case 'bad-version':
      return `Version ${fault.version} Not Supported`
    case 'bad-status':
      return 'Malformed status line'
    case 'bad-uri':
      return 'Malformed Request-URI'
    case 'unknown-scheme':
      return 'Unsupported URI Scheme'
    case 'bad-line':
      return 'Malformed header line'
    case 'bad-header':
      return `Malformed ${fault.header} header`
    case 'missing-header':
      return `Missing ${fault.header} header`
    case 'duplicate-header':
      return `More than one ${fault.header} header`
    case 'method-mismatch':
      return 'CSeq does not match the method'
    case 'truncated':
      return 'Header section without an end'
    case 'short-body':
      return `Body of ${fault.got} bytes is shorter than its Content-Length ${fault.expected}`
  }
}
