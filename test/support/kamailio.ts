import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { answersSip } from './answers-sip.ts'
import { freePort } from './free-port.ts'
import type { Peer } from './phone/sip-socket.ts'
import { cpuMsOf, ProcessUnderTest } from './process-under-test.ts'

export interface KamailioOptions {
  /** The one password of all its users. */
  readonly password: string
  /** Runs it on this processor core alone. */
  readonly core?: number
}

const modulesInUse = ['tm', 'sl', 'rr', 'pv', 'maxfwd', 'usrloc', 'registrar', 'auth', 'textops', 'siputils']

function configuration(port: number, password: string): string {
  return `debug=-1
log_stderror=yes
fork=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
${modulesInUse.map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_contacts", 10)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("$td", "${password}", "0")) { www_challenge("$td", "1"); exit; }
    save("location");
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route() || is_method("ACK")) t_relay();
    else sl_send_reply("404", "Not Here");
    exit;
  }
  if (is_method("INVITE")) record_route();
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}
`
}

/** Debian's Kamailio as a registrar and proxy: bindings in memory, digest, one UDP worker. */
export class Kamailio {
  readonly address: Peer
  readonly #process: ProcessUnderTest
  readonly #folder: string

  private constructor(process: ProcessUnderTest, folder: string, address: Peer) {
    this.#process = process
    this.#folder = folder
    this.address = address
  }

  static async start({ password, core }: KamailioOptions): Promise<Kamailio> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'strowger-kamailio-'))
    const file = path.join(folder, 'kamailio.cfg')
    const port = await freePort()
    writeFileSync(file, configuration(port, password))
    const args = ['-f', file, '-DD', '-E', '-m', '64', '-M', '8', '-Y', folder, '-P', path.join(folder, 'pid')]
    const command = core === undefined ? ['kamailio', ...args] : ['taskset', '-c', String(core), 'kamailio', ...args]
    const [program = '', ...rest] = command
    const process = new ProcessUnderTest(program, rest)
    const kamailio = new Kamailio(process, folder, { host: '127.0.0.1', port })
    await Promise.race([answersSip(kamailio.address), process.ended])
    if (process.hasEnded) throw new Error(`Kamailio ended:\n${process.output}`)
    return kamailio
  }

  /** CPU time of all its processes, in ms. */
  cpuMs(): number {
    return cpuMsOf(this.#process.pid)
  }

  async close(): Promise<void> {
    await this.#process.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
