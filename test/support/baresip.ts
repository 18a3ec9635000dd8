import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { NetstringReader, writeNetstring } from './netstring.ts'
import { Milestones } from './phone/milestones.ts'
import { within } from './phone/within.ts'
import { ProcessUnderTest } from './process-under-test.ts'
import { parseWav } from './wav.ts'

export interface BaresipOptions {
  readonly username: string
  readonly password: string
  readonly domain: string
  readonly server: { readonly host: string; readonly port: number }
  readonly transport: 'udp' | 'tcp'
  /** The tone it sends, in Hz. */
  readonly toneHz: number
  /** By which number others know it, if that is not the user name. */
  readonly extension?: string
}

/** What baresip tells about itself, in its own words. */
export interface BaresipEvent {
  readonly type: string
  readonly class?: string
  readonly peeruri?: string
  readonly id?: string
  readonly param?: string
}

interface Answer {
  readonly response: true
  readonly ok: boolean
  readonly data?: string
  readonly token?: string
}

const modules = ['g711.so', 'ausine.so', 'aubridge.so', 'sndfile.so', 'account.so', 'menu.so', 'ctrl_tcp.so']

async function configure(folder: string, toneHz: number): Promise<number> {
  const [sipPort, controlPort] = [await freePort(), await freePort()]
  const settings = {
    poll_method: 'epoll',
    sip_listen: `127.0.0.1:${sipPort}`,
    net_interface: '127.0.0.1',
    audio_source: `ausine,${toneHz}`,
    audio_player: 'aubridge,nowhere',
    audio_alert: 'aubridge,nowhere',
    ausrc_srate: '48000',
    ausrc_channels: '2',
    auplay_srate: '8000',
    snd_path: folder,
    module_path: '/usr/lib/baresip/modules',
    ctrl_tcp_listen: `127.0.0.1:${controlPort}`,
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key}\t${value}`)
  for (const name of modules) lines.push(`${/menu|ctrl/.test(name) ? 'module_app' : 'module'}\t${name}`)
  writeFileSync(path.join(folder, 'config'), `${lines.join('\n')}\n`)
  for (const empty of ['accounts', 'contacts']) writeFileSync(path.join(folder, empty), '')
  return controlPort
}

async function connectTo(port: number, phone: ProcessUnderTest): Promise<Socket> {
  for (let attempt = 0; ; attempt += 1) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return socket
    } catch (thrown) {
      if (attempt > 50 || phone.hasEnded)
        throw new Error(`baresip cannot be commanded:\n${phone.output}`, { cause: thrown })
      await sleep(50)
    }
  }
}

/** baresip draws a running clock, many times a second. */
function withoutClock(output: string): string {
  return output.replaceAll(/\s*\[\d+:\d+:\d+\]\s+audio=\d+\/\d+ \(bit\/s\)/g, '')
}

/** A real telephone: a headless baresip with a temporary configuration, commanded over its ctrl_tcp module. */
export class Baresip {
  readonly options: BaresipOptions
  readonly #folder: string
  readonly #process: ProcessUnderTest
  readonly #socket: Socket
  readonly #events: Milestones<Record<string, BaresipEvent>>
  readonly #answers = new Map<string, (answer: Answer) => void>()
  #commands = 0

  private constructor(options: BaresipOptions, folder: string, process: ProcessUnderTest, socket: Socket) {
    this.options = options
    this.#folder = folder
    this.#process = process
    this.#socket = socket
    this.#events = new Milestones({
      whose: () => `baresip ${options.username}`,
      story: () => withoutClock(process.output),
    })
    const reader = new NetstringReader()
    socket.on('data', (chunk) => {
      for (const text of reader.push(chunk)) this.#hear(JSON.parse(text) as Answer | (BaresipEvent & { event: true }))
    })
    socket.on('error', () => undefined)
  }

  static async start(options: BaresipOptions): Promise<Baresip> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'strowger-baresip-'))
    const controlPort = await configure(folder, options.toneHz)
    const process = new ProcessUnderTest('baresip', ['-f', folder])
    await process.prints(/baresip is ready/)
    return new Baresip(options, folder, process, await connectTo(controlPort, process))
  }

  /** Registers and waits until the server has accepted that. */
  async registers(expiresS = 60): Promise<void> {
    const { username, password, domain, server, transport } = this.options
    const parameters = [
      `outbound="sip:${server.host}:${server.port};transport=${transport}"`,
      `auth_user=${username}`,
      `auth_pass=${password}`,
      `regint=${expiresS}`,
      'audio_codecs=PCMU',
      'answermode=manual',
    ]
    const accepted = this.next('REGISTER_OK')
    await this.command('uanew', `<sip:${username}@${domain};transport=${transport}>;${parameters.join(';')}`)
    await accepted
  }

  async dials(to: string): Promise<void> {
    await this.command('dial', to.includes('@') ? to : `sip:${to}@${this.options.domain}`)
  }

  /** Waits for a call to come in. */
  rings(): Promise<BaresipEvent> {
    return this.next('CALL_INCOMING')
  }

  async answers(): Promise<void> {
    await this.command('accept')
    await this.isConnected()
  }

  /** Waits until the call, in or out, is answered. */
  isConnected(): Promise<BaresipEvent> {
    return this.next('CALL_ESTABLISHED')
  }

  async hangsUp(): Promise<void> {
    await this.command('hangup')
  }

  /** Waits for the call's end, and gives the reason baresip saw. */
  async isFinished(): Promise<string> {
    return (await this.next('CALL_CLOSED')).param ?? ''
  }

  /** The next event of that type, each given once. */
  next(type: string, ms?: number): Promise<BaresipEvent> {
    return this.#events.next(type, ms)
  }

  /** What the phone has heard in its finished calls, in the order of their start. */
  heard(): Int16Array[] {
    return readdirSync(this.#folder)
      .filter((file) => file.endsWith('-dec.wav'))
      .sort()
      .map((file) => parseWav(readFileSync(path.join(this.#folder, file))).samples)
  }

  /** Any command of baresip's menu; see its `help`. */
  async command(command: string, params = ''): Promise<string> {
    this.#commands += 1
    const token = String(this.#commands)
    const answered = new Promise<Answer>((resolve) => this.#answers.set(token, resolve))
    this.#socket.write(writeNetstring(JSON.stringify({ command, params, token })))
    const answer = await within(5_000, () => `baresip's answer to '${command}'`, answered)
    if (!answer.ok) throw new Error(`baresip refused '${command} ${params}': ${answer.data ?? ''}`)
    return answer.data ?? ''
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    await this.#process.stop('SIGTERM', 2_000)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #hear(message: Answer | (BaresipEvent & { event: true })): void {
    if ('event' in message) {
      this.#events.reach(message.type, message)
      return
    }
    const token = message.token ?? ''
    this.#answers.get(token)?.(message)
    this.#answers.delete(token)
  }
}
