import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The project's folder: programs are named from there. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** What every program of the benchmark is run with, ours and others alike: as `npm start` does. */
export const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=64'] as const

const alive = new Set<ChildProcess>()
// The last net, for a run that ends without ending what it has started.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** Makes sure that the process does not outlive us. */
export function watch<Child extends ChildProcess>(child: Child): Child {
  alive.add(child)
  child.once('close', () => alive.delete(child))
  return child
}
