/** An answer of the API, its JSON as it came. */
export interface ApiAnswer<Body> {
  readonly status: number
  readonly body: Body
}

export interface ApiUser {
  readonly id: string
  readonly name: string
  readonly extension: string
}

export interface ApiDevice {
  readonly id: string
  readonly userId: string
  readonly label: string
  readonly sipUsername: string
  readonly sipPassword: string
  readonly domain: string
  /** Where it may register. */
  readonly servers: readonly { readonly transport: string; readonly host: string; readonly port: number }[]
}

export interface ApiRegistration {
  readonly deviceId: string
  readonly userId: string
  readonly contact: string
  readonly transport: string
  readonly userAgent: string
  readonly expiresAt: string
}

export interface ApiLadderEntry {
  readonly at: string
  readonly from: string
  readonly to: string
  readonly summary: string
}

export interface ApiCall {
  readonly id: string
  readonly fromNumber: string
  readonly toNumber: string
  readonly startedAt: string
  readonly answeredAt: string | null
  readonly endedAt: string | null
  readonly durationSeconds: number | null
  readonly outcome: string | null
  readonly reason: string | null
  readonly endedBy: string | null
  readonly voicemailId: string | null
  readonly ladder?: readonly ApiLadderEntry[]
}

export interface ApiVoicemail {
  readonly id: string
  readonly userId: string
  readonly fromNumber: string
  readonly callId: string | null
  readonly durationSeconds: number
  readonly bytes: number
  readonly heardAt: string | null
  readonly audioUrl: string
}

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/** The exchange's API as its users see it: HTTP and JSON, nothing of the program's own code. */
export class ApiClient {
  readonly base: string
  #token: string | undefined

  /** @param base  as `http://127.0.0.1:8080` */
  constructor(base: string, token?: string) {
    this.base = base
    this.#token = token
  }

  /** @throws Error when the login is refused */
  async logIn(login: string, password: string): Promise<void> {
    const { token } = await this.ask<{ token: string }>('POST', '/sessions', { login, password })
    this.#token = token
  }

  /** Calls the API, or a path outside of it such as `/readyz`, and gives whatever answer there is. */
  async call<Body>(method: string, path: string, body?: unknown): Promise<ApiAnswer<Body>> {
    const response = await this.#fetch(method, path, body)
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as Body }
  }

  /** Calls the API. @throws Error with the answer when it is not a 2xx */
  async ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call<Body>(method, path, body)
    if (answer.status >= 300) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    }
    return answer.body
  }

  /** The bytes of a file. @throws Error when the answer is not a 2xx */
  async download(path: string): Promise<Buffer> {
    const response = await this.#fetch('GET', path)
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`)
    return Buffer.from(await response.arrayBuffer())
  }

  createUser(user: { name: string; extension: string; password?: string }): Promise<ApiUser> {
    return this.ask('POST', '/users', user)
  }

  createDevice(userId: string, label: string): Promise<ApiDevice> {
    return this.ask('POST', `/users/${userId}/devices`, { label, kind: 'desk' })
  }

  async registrations(): Promise<readonly ApiRegistration[]> {
    return (await this.ask<Page<ApiRegistration>>('GET', '/registrations')).items
  }

  /** The history, newest first. */
  async calls(query = ''): Promise<readonly ApiCall[]> {
    return (await this.ask<Page<ApiCall>>('GET', `/calls${query}`)).items
  }

  async voicemails(userId: string): Promise<readonly ApiVoicemail[]> {
    return (await this.ask<Page<ApiVoicemail>>('GET', `/voicemails?userId=${userId}`)).items
  }

  #fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = {}
    if (this.#token) headers['authorization'] = `Bearer ${this.#token}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    const isOutside = /^\/(healthz|readyz|metrics|api\/)/.test(path)
    const init = { method, headers, signal: AbortSignal.timeout(10_000) }
    const url = `${this.base}${isOutside ? '' : '/api/v1'}${path}`
    return fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) })
  }
}
