import { z } from 'zod'
import { configSchema } from './config-schema.ts'
import { infoOf, type KeyInfo } from './key-info.ts'

/** One key of the configuration, as `sip.listen`. */
export interface ConfigKey extends KeyInfo {
  readonly path: readonly string[]
  readonly name: string
  /** The environment variable that sets it. */
  readonly variable: string
  /** The default as it would be written; undefined when there is none or `defaultText` tells it. */
  readonly defaultValue: string | number | undefined
}

export const variablePrefix = 'STROWGER_'

/** Every key, in the order of the schema. */
export const configKeys: readonly ConfigKey[] = keysOf(configSchema, [])

function keysOf(schema: z.core.$ZodType, path: readonly string[]): ConfigKey[] {
  const info = infoOf(schema)
  if (info)
    return [{ ...info, path, name: path.join('.'), variable: variableOf(path), defaultValue: defaultOf(schema) }]
  const section = unwrapped(schema)
  if (!(section instanceof z.ZodObject)) throw new TypeError(`the key ${path.join('.')} is not described`)
  return Object.entries(section.shape).flatMap(([name, inner]) => keysOf(inner as z.core.$ZodType, [...path, name]))
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodPrefault ? schema.unwrap() : schema
}

function variableOf(path: readonly string[]): string {
  const words = path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase())
  return variablePrefix + words.join('_')
}

function defaultOf(schema: z.core.$ZodType): string | number | undefined {
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return undefined
  const value: unknown = schema.def.defaultValue
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}
