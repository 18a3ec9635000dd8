/** Rejects when `promise` takes longer than `ms`; `what` names what was waited for. */
export function within<T>(ms: number, what: () => string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what()}`)), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
