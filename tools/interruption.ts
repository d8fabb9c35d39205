/** Aborted by Ctrl-C and its like. The second one ends the process, and everything that it has started. */
export function interruptedBySignal(command: string): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1)
      console.error(`${command}: ending what was begun`)
      controller.abort()
    })
  }
  return controller.signal
}
