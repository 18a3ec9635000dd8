import type { Transitions } from '../core/state-machine.ts'

export type CallState = 'arriving' | 'ringing' | 'talking' | 'served' | 'ending' | 'ended'
export type CallEvent = 'alert' | 'answer' | 'serve' | 'finish' | 'released'

/** A call's whole life. `served`: the caller talks to the exchange itself (voicemail, echo test). */
export const callTransitions = {
  arriving: { alert: 'ringing', answer: 'talking', serve: 'served', finish: 'ending' },
  ringing: { answer: 'talking', serve: 'served', finish: 'ending' },
  talking: { finish: 'ending' },
  served: { finish: 'ending' },
  ending: { released: 'ended' },
  ended: {},
} as const satisfies Transitions<CallState, CallEvent>
