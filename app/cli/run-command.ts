import { asError, StrowgerError } from '../../core/errors.ts'
import { version } from '../version.ts'
import { UsageError } from './command-errors.ts'
import { addDevice } from './device-add.ts'
import { listDevices } from './device-list.ts'
import { help } from './help.ts'
import { exitCodes, type Shell } from './shell.ts'
import { addUser } from './user-add.ts'
import { listUsers } from './user-list.ts'

type Command = (args: readonly string[], shell: Shell) => Promise<number>

const commands: Readonly<Record<string, Command>> = {
  start,
  edge,
  'user add': addUser,
  'user list': listUsers,
  'device add': addDevice,
  'device list': listDevices,
}

/** Runs one command line, without the program's own name. Resolves with the exit code. */
export async function runCommand(argv: readonly string[], shell: Shell): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h') || argv[0] === 'help') {
    shell.out(help)
    return exitCodes.ok
  }
  if (argv[0] === '--version') {
    shell.out(version)
    return exitCodes.ok
  }
  try {
    const { command, args } = find(argv)
    return await command(args, shell)
  } catch (thrown) {
    return explain(thrown, shell)
  }
}

function find(argv: readonly string[]): { command: Command; args: readonly string[] } {
  const [first = '', second = ''] = argv
  const single = commands[first]
  if (single) return { command: single, args: argv.slice(1) }
  const pair = commands[`${first} ${second}`]
  if (pair) return { command: pair, args: argv.slice(2) }
  throw new UsageError(first === '' ? 'a command is missing' : `there is no command '${`${first} ${second}`.trim()}'`)
}

function explain(thrown: unknown, shell: Shell): number {
  if (thrown instanceof UsageError) {
    shell.err(`strowger: ${thrown.message}`)
    shell.err('Run `strowger --help` for all commands.')
    return exitCodes.usage
  }
  // What is no error of ours is a defect, and its trace is wanted.
  shell.err(thrown instanceof StrowgerError ? `strowger: ${thrown.message}` : String(asError(thrown).stack))
  return exitCodes.failed
}

/** The server's modules are loaded only when it is to run: the other commands stay quick. */
async function start(args: readonly string[], { env, cwd }: Shell): Promise<number> {
  takesNothing('start', args)
  const { runExchange } = await import('../main.ts')
  return runExchange(env, cwd)
}

async function edge(args: readonly string[], { env, cwd }: Shell): Promise<number> {
  takesNothing('edge', args)
  const { runEdge } = await import('../edge-main.ts')
  return runEdge(env, cwd)
}

function takesNothing(command: string, args: readonly string[]): void {
  if (args.length > 0) throw new UsageError(`${command} takes no '${args.join(' ')}': it is set up by strowger.yaml`)
}
