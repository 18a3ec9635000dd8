export interface MessageCounts {
  /** Messages nobody has heard yet. */
  readonly unheard: number
  readonly heard: number
}

export const messageSummaryType = 'application/simple-message-summary'

/**
 * RFC 3842 5.2.
 * @param account  what a phone's message key dials
 */
export function messageSummaryBody({ unheard, heard }: MessageCounts, account: string): string {
  const lines = [
    `Messages-Waiting: ${unheard > 0 ? 'yes' : 'no'}`,
    `Message-Account: ${account}`,
    `Voice-Message: ${unheard}/${heard} (0/0)`,
  ]
  return lines.map((line) => `${line}\r\n`).join('')
}
