import { Worker } from 'node:worker_threads'

/** Starts the packet thread's file: compiled JavaScript, or TypeScript when the engine itself is run from source. */
export function startThread(): Worker {
  const name = 'media'
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./thread/worker.js', import.meta.url), { name })
  // A thread does not inherit the loader that lets Node 20 read TypeScript: it has to register its own.
  const file = JSON.stringify(new URL('./thread/worker.ts', import.meta.url).href)
  const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${file}) })`
  return new Worker(start, { eval: true, name })
}
