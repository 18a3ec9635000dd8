import path from 'node:path'
import { ProcessUnderTest, type ProcessOptions } from '../support/process-under-test.ts'

/** Runs a script of this folder in a process of its own, from the sources or the compiled output as this one runs. */
export function runScript(name: string, args: readonly string[], options: ProcessOptions = {}): ProcessUnderTest {
  const script = path.join(import.meta.dirname, name + path.extname(import.meta.filename))
  return new ProcessUnderTest(process.execPath, [...process.execArgv, script, ...args], options)
}
