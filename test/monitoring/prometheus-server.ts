import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { PROMETHEUS_FOLDER } from '../../tools/deploy/rule-groups.js'

/** Longest time of one request to Prometheus, in milliseconds. */
const REQUEST_MS_MAX = 10_000
/** Time for an orderly stop, in milliseconds. */
const END_MS_MAX = 10_000

/** One series of an answer: its labels, and its time and value. */
type Result = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }
export type RuleHealth = {
  readonly name: string
  readonly type: 'recording' | 'alerting'
  readonly health: string
  readonly lastError?: string
  readonly state?: string
}
type Target = { readonly health: string; readonly lastError: string }

/** A Prometheus with the shipped configuration, on 127.0.0.1, in a separate folder. */
export class PrometheusServer {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #ended: Promise<unknown>
  #output = ''

  /** Starts it; `target` is the address of the service's HTTP port. */
  static async start(target: string): Promise<PrometheusServer> {
    const folder = await mkdtemp(join(tmpdir(), 'benefits-prometheus-'))
    await cp(PROMETHEUS_FOLDER, folder, { recursive: true })
    const file = join(folder, 'prometheus.yml')
    await writeFile(file, withTarget(await readFile(file, 'utf8'), target))
    return new PrometheusServer(folder)
  }

  private constructor(folder: string) {
    this.#folder = folder
    this.#child = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    this.#child.stderr?.on('data', (chunk) => {
      this.#output += chunk
    })
    this.#ended = once(this.#child, 'close')
  }

  /** Evaluates a query now. Fails with the error of Prometheus. */
  async query(query: string): Promise<readonly Result[]> {
    const { result } = await this.#get<{ result: readonly Result[] }>(
      `query?query=${encodeURIComponent(query)}`,
    )
    return result
  }

  /** Every rule with its last evaluation. */
  async rules(): Promise<readonly RuleHealth[]> {
    const { groups } = await this.#get<{ groups: readonly { rules: readonly RuleHealth[] }[] }>('rules')
    return groups.flatMap(({ rules }) => rules)
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.#get<{ activeTargets: readonly Target[] }>('targets')).activeTargets
  }

  /** Whether it answers. Fails with its output when it has exited. */
  async isReady(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error(`Prometheus has ended:\n${this.#output}`)
    const url = this.#url()
    if (url === undefined) return false
    const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(REQUEST_MS_MAX) }).catch(
      () => undefined,
    )
    return answer?.ok ?? false
  }

  /** Stops it and removes its folder. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS_MAX)
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.#ended
    clearTimeout(timer)
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Its address, once its log names it. */
  #url(): string | undefined {
    const [, address] = /"?Listening on"? address=(\S+)/.exec(this.#output) ?? []
    return address && `http://${address}`
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.#url()}/api/v1/${path}`, {
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
    })
    // The form of every answer of Prometheus; the caller knows the type of its data.
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string }
    if (status !== 'success') throw new Error(error)
    return data
  }
}

/** The shipped configuration, with one address in place of Docker's DNS. */
function withTarget(shipped: string, target: string): string {
  const { scrape_configs: jobs, ...rest } = parse(shipped)
  const [{ dns_sd_configs: _, ...job }] = jobs
  return stringify({ ...rest, scrape_configs: [{ ...job, static_configs: [{ targets: [target] }] }] })
}
