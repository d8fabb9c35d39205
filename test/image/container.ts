import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { BuiltImage } from './build.js'

export type ContainerOptions = {
  readonly image: BuiltImage
  /** The command and its arguments. `node` is the Node.js of this process. */
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Longest time for a command that must end by itself, in milliseconds. */
const COMMAND_MS_MAX = 60_000

/**
 * A program of the image: in its folder, with only its environment, and as its user if this process may
 * switch users.
 */
export class Container {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  #output = ''

  constructor({ image, words, env }: ContainerOptions) {
    const [program, ...args] = words
    if (program !== 'node') throw new Error(`the image runs ${program}, which is not node`)
    this.#child = spawn(process.execPath, args, {
      cwd: image.workdir,
      env: { ...image.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(process.getuid?.() === 0 ? image.user : {}),
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#output += chunk
      })
    }
    this.#exit = once(this.#child, 'close')
  }

  /** Its output so far. */
  get output(): string {
    return this.#output
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Its exit code; null when a signal ended it. It is killed when it takes longer than this. */
  async untilExit(msMax: number = COMMAND_MS_MAX): Promise<number | null> {
    const timer = setTimeout(() => this.signal('SIGKILL'), msMax)
    await this.#exit
    clearTimeout(timer)
    return this.#child.exitCode
  }
}
