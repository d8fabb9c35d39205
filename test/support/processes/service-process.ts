import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { eventually } from '../eventually.js'
import { secretsOfEnvironment, watchForLeaks } from '../leaks.js'

/** The deployed service, and the launcher of `make run` around it. */
const programs = {
  service: fileURLToPath(new URL('../../../dist/main.js', import.meta.url)),
  launcher: fileURLToPath(new URL('../../../dist/dev/run.js', import.meta.url)),
}

export type Environment = Readonly<Record<string, string | undefined>>

export type ProcessOptions = {
  /** Default: the service. */
  readonly program?: keyof typeof programs
  /** The working folder. Default: one without `.env`. */
  readonly folder?: string
}

/** One line of the service's log. */
export type LogEvent = Readonly<Record<string, unknown>> & { readonly event: string }

const alive = new Set<ServiceProcess>()
// The last safety net, for a test run that ends without its hooks.
process.on('exit', () => {
  for (const { pid } of alive) process.kill(pid, 'SIGKILL')
})

/**
 * The service as users run it: a separate process. It gets no variables of our environment except those for
 * finding a mongod, and runs in a folder without `.env` unless the test names another. At the end of the test
 * file its output is searched for secrets.
 */
export class ServiceProcess {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  #stdout = ''
  #stderr = ''

  constructor(env: Environment, { program = 'service', folder = tmpdir() }: ProcessOptions = {}) {
    const path = programs[program]
    if (!existsSync(path)) throw new Error(`${path} is missing: run "make build" first`)
    secretsOfEnvironment(env)
    watchForLeaks('the service', () => `${this.#stdout}${this.#stderr}`)
    const { PATH, HOME, MONGOD_PATH, npm_execpath } = process.env
    this.#child = spawn(process.execPath, ['--enable-source-maps', path], {
      cwd: folder,
      env: {
        PATH,
        HOME,
        MONGOD_PATH,
        npm_execpath,
        GRPC_PORT: '0',
        HTTP_PORT: '0',
        // The launcher opens it by itself, on the usual port.
        ...(program === 'launcher' && { HTTP_API_PORT: '0' }),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.on('data', (chunk) => {
      this.#stdout += chunk
    })
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr += chunk
    })
    // "close" comes after the last output.
    this.#exit = once(this.#child, 'close').finally(() => alive.delete(this))
    alive.add(this)
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the service could not be started')
    return this.#child.pid
  }

  get hasExited(): boolean {
    return !alive.has(this)
  }

  /**
   * Waits until the service has read everything sent on open connections: the same event loop answers these
   * probes. The metrics would show it, too, but only after a second.
   */
  async catchUp(): Promise<void> {
    for (let probes = 0; probes < 3; probes++) await fetch(`${this.httpUrl}/livez`)
  }

  /** Its standard output so far. */
  get stdout(): string {
    return this.#stdout
  }

  /** Its standard error so far. */
  get stderr(): string {
    return this.#stderr
  }

  /** The events of its log so far: the lines that are JSON. */
  get events(): readonly LogEvent[] {
    const lines = this.#stdout.split('\n').slice(0, -1)
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  }

  /** Address of the gRPC port. Known once it listens. */
  get grpcAddress(): string {
    return `127.0.0.1:${this.#listening('grpcPort')}`
  }

  /** Address of the plaintext port for health. Known once it listens. */
  get healthAddress(): string {
    return `127.0.0.1:${this.#listening('healthPort')}`
  }

  /** Address of the admin port. Known once it listens. */
  get httpUrl(): string {
    return `http://127.0.0.1:${this.#listening('httpPort')}`
  }

  /** Address of the HTTP API. Known once it listens. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.#listening('httpApiPort')}`
  }

  /**
   * Waits until the log has an event with this name and these fields: a line may follow the answer that it
   * describes. Fails at once when the service ends instead.
   */
  async untilEvent(name: string, fields: Readonly<Record<string, unknown>> = {}): Promise<LogEvent> {
    const wanted = Object.entries({ ...fields, event: name })
    return await eventually(`the service says ${JSON.stringify(Object.fromEntries(wanted))}`, () => {
      const found = this.events.find((line) => wanted.every(([field, value]) => line[field] === value))
      if (!found && this.hasExited) throw new Error(`the service has ended:\n${this.#stdout}${this.#stderr}`)
      return found
    })
  }

  /** Waits for its exit and returns the exit code; null after a signal. */
  async untilExit(): Promise<number | null> {
    await this.#exit
    return this.#child.exitCode
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Stops it as Kubernetes does, and fails when it does not exit in order. */
  async stop(): Promise<void> {
    this.signal('SIGTERM')
    const code = await this.untilExit()
    if (code !== 0) throw new Error(`exit code ${code} after SIGTERM:\n${this.#stdout}${this.#stderr}`)
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#exit
  }

  #listening(field: 'grpcPort' | 'healthPort' | 'httpPort' | 'httpApiPort'): unknown {
    const listening = this.events.find(({ event }) => event === 'listening')
    if (!listening) throw new Error('the service does not listen yet')
    return listening[field]
  }
}

/**
 * Lets the tests of one suite start services. After the suite it stops the remaining ones in order, or kills
 * them.
 */
export function useServices(options: ProcessOptions = {}): (env: Environment) => Promise<ServiceProcess> {
  const started: ServiceProcess[] = []
  after(async () => {
    const left = started.filter((service) => !service.hasExited)
    try {
      await Promise.all(left.map((service) => service.stop()))
    } finally {
      await Promise.all(left.map((service) => service.kill()))
    }
  })
  return async (env) => {
    // On a fixed port, a client may use the same number as its own local port.
    return await eventually('the service has its port', async () => {
      const service = new ServiceProcess(env, options)
      started.push(service)
      return await service.untilEvent('listening').then(
        () => service,
        (error: unknown) => {
          if (!service.stderr.includes('EADDRINUSE')) throw error
          return undefined
        },
      )
    })
  }
}
