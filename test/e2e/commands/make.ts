import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { eventually } from '../../support/eventually.js'
import { watchForLeaks } from '../../support/leaks.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** A finished command. */
export type Finished = {
  readonly code: number | null
  readonly stdout: string
  /** Without the line that make itself adds when a command fails. */
  readonly stderr: string
}

/** Every variable of the configuration, empty: neither our environment nor an `.env` reaches a command. */
const unset = Object.keys(parseEnv(readFileSync('.env.example', 'utf8'))).map((name) => [name, ''])

/**
 * The variables that every command needs. MAKEFLAGS is absent: a command must not know that make runs these
 * tests.
 */
function bareEnvironment(): Environment {
  const { PATH, HOME, MONGOD_PATH } = process.env
  return { PATH, HOME, ...Object.fromEntries(unset), MONGOD_PATH }
}

/** Runs a program in the project's folder to its end, without input. No shell reads the arguments. */
export async function run(
  program: string,
  args: readonly string[],
  env: Environment = {},
): Promise<Finished> {
  const running = new Running(program, args, env)
  const code = await running.untilExit()
  return { code, stdout: running.stdout, stderr: running.stderr }
}

/** Runs `make` with these arguments. */
export async function make(args: readonly string[], env: Environment = {}): Promise<Finished> {
  return await run('make', args, env)
}

const alive = new Set<Running>()
// The last safety net, for a test run that ends without its hooks.
process.on('exit', () => {
  for (const running of alive) running.signalGroup('SIGKILL')
})

/** A program in a process group of its own, like one that was started at a terminal. */
export class Running {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  #stdout = ''
  #stderr = ''

  constructor(program: string, args: readonly string[], env: Environment) {
    // Other commands print a token because a user asked for one.
    if (args[0] === 'run') watchForLeaks('make run', () => `${this.#stdout}${this.#stderr}`)
    this.#child = spawn(program, args, {
      detached: true,
      env: { ...bareEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.on('data', (chunk) => {
      this.#stdout += chunk
    })
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr += chunk
    })
    this.#exit = once(this.#child, 'close').finally(() => alive.delete(this))
    alive.add(this)
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr.replace(/^make: .*\n/gm, '')
  }

  /** Waits until it has printed this to standard output. Fails at once when it exits instead. */
  async untilSays(text: string): Promise<void> {
    await eventually(`it says "${text}"`, () => {
      if (this.#stdout.includes(text)) return true
      if (this.#child.exitCode !== null) throw new Error(`it has ended:\n${this.#stdout}${this.#stderr}`)
      return false
    })
  }

  /** The environment for commands that call this service, on the ports that the system has chosen. */
  async whereItListens(env: Environment): Promise<Environment> {
    await this.untilSays('"listening"')
    const { grpcPort, httpPort, httpApiPort } = JSON.parse(/^.*"listening".*$/m.exec(this.#stdout)?.[0] ?? '')
    return {
      ...env,
      GRPC_PORT: String(grpcPort),
      HTTP_PORT: String(httpPort),
      HTTP_API_PORT: String(httpApiPort),
    }
  }

  /** Its exit code in the form of a shell: 128 plus the number of the signal that ended it. */
  async untilExit(): Promise<number | null> {
    await this.#exit
    return this.#child.signalCode === 'SIGINT' ? 130 : this.#child.exitCode
  }

  /** Signals the whole group, as Ctrl-C at a terminal does. Nothing happens when it has ended. */
  signalGroup(name: NodeJS.Signals): void {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null)
      return
    process.kill(-this.#child.pid, name)
  }
}
