import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { NODE_FLAGS, PROJECT, watch } from './children.js'

/** Longest time until a server serves, in milliseconds. */
const START_MS_MAX = 120_000
/** Longest time until it has ended in order, in milliseconds. */
const STOP_MS_MAX = 60_000
const POLL_MS = 20

export type ServerOptions = {
  /** Compiled, from the project's folder, and its arguments. */
  readonly program: readonly [script: string, ...args: string[]]
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** One server as a process of its own. It sees nothing of our environment, and its log goes to a file, where nobody has to keep up with it. */
export class ServerProcess {
  readonly pid: number
  readonly port: number
  /** Where the service answers HTTP; undefined of others, which do not. */
  readonly httpPort: number | undefined
  readonly #child: ChildProcess
  readonly #folder: string

  /** Starts it, and returns when it serves. */
  static async start({ program, env, signal }: ServerOptions): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'benefits-bench-server-'))
    const [script, ...args] = program
    const log = await open(join(folder, 'log'), 'w')
    const child = watch(
      spawn(process.execPath, [...NODE_FLAGS, resolve(PROJECT, script), ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', log.fd, log.fd],
      }),
    )
    try {
      await log.close()
      const ports = await untilServing({ child, folder, signal })
      return new ServerProcess(child, folder, ports)
    } catch (error) {
      await end(child)
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  private constructor(child: ChildProcess, folder: string, { grpcPort, httpPort }: Ports) {
    if (child.pid === undefined) throw new Error('a server that serves has a process')
    this.pid = child.pid
    this.port = grpcPort
    this.httpPort = httpPort
    this.#child = child
    this.#folder = folder
  }

  /** What it has logged as an error: nothing, if all is well. */
  async errors(): Promise<readonly string[]> {
    // After half an hour the log is larger than a text may be.
    const lines = createInterface({ input: createReadStream(join(this.#folder, 'log'), 'utf8') })
    const errors: string[] = []
    for await (const line of lines) if (/"level":"(error|fatal)"/.test(line)) errors.push(line)
    return errors
  }

  /** Ends it as Kubernetes does: what was begun is done first. Throws when it does not end in order. */
  async stop(): Promise<void> {
    try {
      await end(this.#child)
      const { exitCode, signalCode } = this.#child
      if (exitCode !== 0) throw new Error(`a server ended with ${signalCode ?? exitCode} after SIGTERM`)
    } finally {
      await rm(this.#folder, { recursive: true, force: true })
    }
  }
}

type Starting = { readonly child: ChildProcess; readonly folder: string; readonly signal: AbortSignal }

type Ports = { readonly grpcPort: number; readonly httpPort: number | undefined }

async function untilServing({ child, folder, signal }: Starting): Promise<Ports> {
  const endsAtMs = performance.now() + START_MS_MAX
  while (performance.now() < endsAtMs) {
    await delay(POLL_MS, undefined, { signal })
    const log = await readFile(join(folder, 'log'), 'utf8')
    if (child.exitCode !== null) throw new Error(`a server ended instead of serving:\n${log}`)
    const grpcPort = portIn(log, 'grpcPort')
    if (grpcPort !== undefined && log.includes('"event":"serving"'))
      return { grpcPort, httpPort: portIn(log, 'httpPort') }
  }
  throw new Error(`a server did not serve within ${START_MS_MAX} ms`)
}

function portIn(log: string, name: string): number | undefined {
  const port = new RegExp(`"${name}":(\\d+)[,}]`).exec(log)?.[1]
  return port === undefined ? undefined : Number(port)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
  await closed
  clearTimeout(timer)
}
