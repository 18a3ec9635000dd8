import { parentPort } from 'node:worker_threads'
import type { ToThread } from '../protocol.ts'
import { MediaThread } from './media-thread.ts'

const port = parentPort
if (!port) throw new Error('this file is the packet thread of the media engine and runs as a worker only')
const thread = new MediaThread((message) => port.postMessage(message))
port.on('message', (message: ToThread) => thread.receive(message))
