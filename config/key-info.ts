import { z } from 'zod'

/** What people read about a key: in the documentation and in the error about a wrong value. */
export interface KeyInfo {
  readonly about: string
  /** What a value may be; follows "must be". */
  readonly allowed: string
  /** The default in words, where it is not a plain value of the schema. */
  readonly defaultText?: string
  /** The same value as an environment variable holds it, where YAML takes more than one text or number. */
  readonly example?: string
  /** Never shown, neither in an error nor in a log. */
  readonly isSecret?: boolean
}

const infos = z.registry<KeyInfo>()

/** Says about a key of the schema what people have to know. */
export function described<S extends z.ZodType>(schema: S, info: KeyInfo): S {
  infos.add(schema, info)
  return schema
}

/** What was said about a schema; undefined for a section, which only holds keys. */
export function infoOf(schema: z.core.$ZodType): KeyInfo | undefined {
  return infos.get(schema)
}
