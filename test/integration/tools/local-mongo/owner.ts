import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Owner = {
  readonly child: ChildProcess
  readonly pid: number
  /** The address of its MongoDB. */
  readonly uri: string
  /** The next event that it reports, such as `{ draining: true }`. */
  readonly nextEvent: () => Promise<Record<string, unknown>>
}

/**
 * Starts `owner-process.ts` in its own process group, as a terminal does, and waits until its MongoDB is
 * open.
 */
export async function startOwner(dataDir: string, mongodPath: string): Promise<Owner> {
  const script = fileURLToPath(new URL('owner-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import=tsx', script, dataDir, mongodPath], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextEvent = async (): Promise<Record<string, unknown>> => {
    const { done, value } = await lines.next()
    if (done) throw new Error('the owner process ended early')
    return JSON.parse(value)
  }
  for (;;) {
    const { uri } = await nextEvent()
    if (typeof uri !== 'string') continue
    if (child.pid === undefined) throw new Error('the owner process has no number')
    return { child, pid: child.pid, uri, nextEvent }
  }
}

/** Kills the owner with SIGKILL, and returns when the system has removed it. */
export async function killOwner(owner: Owner): Promise<void> {
  const exit = once(owner.child, 'exit')
  process.kill(owner.pid, 'SIGKILL')
  await exit
}
