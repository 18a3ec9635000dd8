import type { RecordResult } from '../media/recording.ts'

/** Whether a recording is a message or only a caller who hung up at the tone or said nothing. */
export function messageVerdict(
  recorded: Pick<RecordResult, 'durationMs' | 'endedBy'>,
  rules: { readonly minMs: number; readonly silenceMs: number },
): 'message' | 'nothing' {
  // A recording that silence ended holds that silence at its end.
  const saidMs = recorded.endedBy === 'silence' ? recorded.durationMs - rules.silenceMs : recorded.durationMs
  return saidMs >= rules.minMs ? 'message' : 'nothing'
}
