import { parseArgs, type ParseArgsConfig } from 'node:util'
import { asError } from '../../core/errors.ts'
import { UsageError } from './command-errors.ts'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O; args: string[] }>>['values']

/** @throws UsageError for options that are not known and for what is no option */
export function readOptions<const O extends Options>(args: readonly string[], options: O): Values<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values
  } catch (thrown) {
    const [said = ''] = asError(thrown).message.split('. ')
    throw new UsageError(said.replace(/\.$/, ''), { cause: thrown })
  }
}

/** @throws UsageError when the option was not given */
export function required(value: string | undefined, option: string): string {
  if (value === undefined) throw new UsageError(`--${option} is missing`)
  return value
}

/** The fields that have a value. */
export function given<Fields extends object>(fields: Fields): { [K in keyof Fields]?: NonNullable<Fields[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof Fields]?: NonNullable<Fields[K]>
  }
}
