/** How large a message may be, in bytes. */
export interface MessageLimits {
  readonly messageBytes: number
  readonly headerBytes: number
  readonly headerFields: number
}

export const defaultMessageLimits: MessageLimits = { messageBytes: 65_536, headerBytes: 32_768, headerFields: 512 }
