/** What a user may dial for himself; `docs/feature-codes.md` is the list for people. */
export const featureCodes = {
  '*43': 'echo',
  '*97': 'listen',
} as const satisfies Record<string, 'echo' | 'listen'>

export type FeatureCode = keyof typeof featureCodes

export function isFeatureCode(dialled: string): dialled is FeatureCode {
  return Object.hasOwn(featureCodes, dialled)
}
