import { readProgram, runProgram } from '../program.js'

/** Time limit of a command that does not wait, and slack for one that waits, in milliseconds. */
const COMMAND_MS_MAX = 60_000

export type ClusterOptions = {
  /** The context of kubectl's configuration: the cluster and the user. */
  readonly context: string
  readonly namespace: string
  /** Time limit of a wait, in milliseconds. */
  readonly msMax: number
}

/**
 * A cluster named by the user. The current context of kubectl is never used, because it may have changed
 * unnoticed.
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

  /** The namespace argument, for objects that do not name their namespace. */
  get inNamespace(): string {
    return `--namespace=${this.namespace}`
  }

  async kubectl(args: readonly string[]): Promise<void> {
    await runProgram({ name: 'kubectl', args: this.#here(args), msMax: this.#msMax + COMMAND_MS_MAX })
  }

  /** Runs kubectl and returns its output. */
  async read(args: readonly string[]): Promise<string> {
    return await readProgram({ name: 'kubectl', args: this.#here(args), msMax: COMMAND_MS_MAX })
  }

  #here(args: readonly string[]): readonly string[] {
    return [...args, `--context=${this.context}`]
  }
}
