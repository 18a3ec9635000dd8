import { execFileSync } from 'node:child_process'
import os from 'node:os'

/** The core the measured server has for itself, and the one for the load. One and the same on a machine with a single core. */
export const serverCore = 0
export const loadCore = Math.min(1, os.cpus().length - 1)

/** Keeps this process, which is part of the load, off the server's core. */
export function moveToLoadCore(): void {
  execFileSync('taskset', ['-a', '-c', '-p', String(loadCore), String(process.pid)], { stdio: 'ignore' })
}
