/** One Ctrl-C can arrive twice, from the terminal and from make: only a later signal means "now", in milliseconds. */
const SAME_SIGNAL_MS = 500

/** Aborted by Ctrl-C and its like. A later one ends the process at once, and everything that it has started. */
export function interruptedBySignal(name: string): AbortSignal {
  const controller = new AbortController()
  let abortedAtMs = 0
  const stop = () => {
    if (controller.signal.aborted) {
      if (performance.now() - abortedAtMs > SAME_SIGNAL_MS) process.exit(1)
      return
    }
    abortedAtMs = performance.now()
    console.error(`${name}: ending what was begun`)
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  return controller.signal
}
