import type { Worker } from 'node:worker_threads'
import { asError, StrowgerError } from '../../core/errors.ts'
import { MediaClosed, MediaServerDied, UnplayableSource } from '../media-errors.ts'
import type { Answer, Ask, FromThread, RequestKind, ToThread } from './protocol.ts'
import { startThread } from './start-thread.ts'

/** Another program has the port. */
export class PortTaken extends StrowgerError {
  readonly code = 'port-taken'
}

/** A fault of the packet thread itself. */
export class ThreadFault extends StrowgerError {
  readonly code = 'media-fault'
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export type ThreadEvent = Exclude<FromThread, { readonly kind: 'answer' | 'refusal' }>

export interface LinkListener {
  event(event: ThreadEvent): void
  /** The thread is gone without having been closed; every pending request has been rejected. */
  died(error: Error): void
}

/** What may be done with a request while it runs. */
export interface RequestControl {
  readonly signal?: AbortSignal | undefined
  /** Told how to pause the request. */
  readonly onPause?: (pause: (on: boolean) => void) => void
}

/** The packet thread as the main thread sees it: requests with answers, events, its death. */
export class ThreadLink {
  readonly #worker: Worker
  readonly #listener: LinkListener
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #isClosed = false

  constructor(listener: LinkListener) {
    this.#listener = listener
    this.#worker = startThread()
    this.#worker.on('message', (message: FromThread) => this.#receive(message))
    this.#worker.on('error', (error) => this.#end(asError(error)))
    this.#worker.on('exit', (code) => this.#end(new Error(`the packet thread ended with code ${code}`)))
  }

  /** @throws UnplayableSource, MediaClosed, PortTaken, ThreadFault, MediaServerDied */
  ask<Kind extends RequestKind>(kind: Kind, ask: Ask<Kind>, control: RequestControl = {}): Promise<Answer<Kind>> {
    if (this.#isClosed) return Promise.reject(new MediaServerDied('the packet thread is gone'))
    const id = ++this.#lastId
    const { signal } = control
    const stop = () => this.#post({ kind: 'stop', id })
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#post({ kind, id, ask } as ToThread)
      if (signal?.aborted) stop()
      signal?.addEventListener('abort', stop, { once: true })
      control.onPause?.((on) => this.#post({ kind: 'pause', id, on }))
    }).finally(() => signal?.removeEventListener('abort', stop)) as Promise<Answer<Kind>>
  }

  /** A request whose failure changes nothing: the thread's end tells itself. */
  tell<Kind extends RequestKind>(kind: Kind, ask: Ask<Kind>): void {
    this.ask(kind, ask).catch(() => undefined)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#rejectAll(new MediaClosed('the media engine was closed'))
    await this.#worker.terminate()
  }

  /** Ends the thread as a crash would. */
  async kill(): Promise<void> {
    await this.#worker.terminate()
  }

  #post(message: ToThread): void {
    if (!this.#isClosed) this.#worker.postMessage(message)
  }

  #receive(message: FromThread): void {
    if (message.kind !== 'answer' && message.kind !== 'refusal') return this.#listener.event(message)
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.kind === 'answer') pending?.resolve(message.value)
    else pending?.reject(errorOf(message))
  }

  #end(error: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#rejectAll(new MediaServerDied('the packet thread died', { cause: error }))
    this.#listener.died(error)
  }

  #rejectAll(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
  }
}

function errorOf({ code, message }: Extract<FromThread, { readonly kind: 'refusal' }>): Error {
  switch (code) {
    case 'unplayable-source':
      return new UnplayableSource(message)
    case 'media-closed':
      return new MediaClosed(message)
    case 'port-taken':
      return new PortTaken(message)
    case 'fault':
      return new ThreadFault(message)
  }
}
