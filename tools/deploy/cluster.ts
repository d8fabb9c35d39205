import { readProgram, runProgram } from '../program.js'

/** Longest time for a command that waits for nothing, and slack for one that does; in milliseconds. */
const COMMAND_MS_MAX = 60_000

export type ClusterOptions = {
  /** Which cluster, and as whom: one of the contexts of kubectl's configuration. */
  readonly context: string
  readonly namespace: string
  /** Longest time that anything is waited for, in milliseconds. */
  readonly msMax: number
}

/**
 * A cluster that was named. The one that kubectl happens to point at is never meant: somebody else's hands
 * may have moved it.
 */
export class Cluster {
  readonly context: string
  readonly namespace: string
  readonly #msMax: number

  constructor({ context, namespace, msMax }: ClusterOptions) {
    this.context = context
    this.namespace = namespace
    this.#msMax = msMax
  }

  /** For commands about objects that do not say themselves where they are. */
  get inNamespace(): string {
    return `--namespace=${this.namespace}`
  }

  async kubectl(args: readonly string[]): Promise<void> {
    await runProgram({ name: 'kubectl', args: this.#here(args), msMax: this.#msMax + COMMAND_MS_MAX })
  }

  /** The same, returning what it writes. */
  async read(args: readonly string[]): Promise<string> {
    return await readProgram({ name: 'kubectl', args: this.#here(args), msMax: COMMAND_MS_MAX })
  }

  #here(args: readonly string[]): readonly string[] {
    return [...args, `--context=${this.context}`]
  }
}
