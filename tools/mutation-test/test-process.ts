import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Observed, Order, Planned, Report } from './job.js'
import type { Outcome } from './mutant.js'

/** Longest time for loading the tests, and for running all of them once, in milliseconds. */
const LOAD_MS_MAX = 120_000
const OBSERVE_MS_MAX = 600_000
/** What a test may take longer than its own limit before its process is taken to hang. */
const GRACE_MS = 15_000

/** A process in which tests run, seen from outside. */
export class TestProcess {
  readonly #child: ChildProcess
  #hear: ((report: Report | 'GONE') => void) | undefined

  constructor(folder: string) {
    this.#child = fork(new URL('worker.ts', import.meta.url), [], {
      cwd: folder,
      execArgv: ['--import', 'tsx', '--disable-warning=ExperimentalWarning'],
      // A busy machine must not look like a mutant that is noticed: only the limit of a test itself is a limit.
      env: { ...process.env, TEST_SEED: '20261', TEST_PATIENCE_MS: '60000' },
      // What a mutant makes the runtime say is of no interest.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#child.on('message', (report: Report) => this.#hear?.(report))
    this.#child.on('exit', () => this.#hear?.('GONE'))
  }

  /** Returns why the tests cannot be loaded; undefined when they are. */
  async load(files: readonly string[], mutant: number): Promise<string | undefined> {
    const report = await this.#order({ type: 'LOAD', files, mutant }, () => LOAD_MS_MAX)
    return report.type === 'LOADED' ? report.problem : 'loading came to no end'
  }

  /** @throws Error when the tests come to no end. */
  async observe(): Promise<{ readonly tests: readonly Observed[]; readonly atLoad: readonly number[] }> {
    const report = await this.#order({ type: 'OBSERVE' }, () => OBSERVE_MS_MAX)
    if (report.type !== 'OBSERVED') throw new Error('the tests come to no end, without any mutant')
    return report
  }

  /** Runs tests with a mutant in force. When they hang the process is ended, and another one is needed. */
  async attempt(mutant: number, tests: readonly Planned[]): Promise<Outcome> {
    let latest = tests[0]
    const byNumber = new Map(tests.map((planned) => [planned.test, planned]))
    const report = await this.#order({ type: 'TRY', mutant, tests }, (begun) => {
      if (begun !== undefined) latest = byNumber.get(begun)
      return (latest?.msMax ?? 0) + GRACE_MS
    })
    return report.type === 'TRIED' ? report.outcome : { type: 'TIMED_OUT', by: 'a process that hangs' }
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }

  /** Sends an order and waits for its report; after too long a silence the process is ended. */
  async #order(
    order: Order,
    silenceMsMax: (begun: number | undefined) => number,
  ): Promise<Report | { readonly type: 'GONE' }> {
    if (!this.isRunning) return { type: 'GONE' }
    return await new Promise((resolve) => {
      let timer: NodeJS.Timeout
      const wait = (begun?: number): void => {
        clearTimeout(timer)
        timer = setTimeout(() => this.#child.kill('SIGKILL'), silenceMsMax(begun))
      }
      this.#hear = (report) => {
        if (report !== 'GONE' && report.type === 'BEGUN') {
          wait(report.test)
          return
        }
        clearTimeout(timer)
        this.#hear = undefined
        resolve(report === 'GONE' ? { type: 'GONE' } : report)
      }
      wait()
      this.#child.send(order, (error) => {
        if (error) this.#hear?.('GONE')
      })
    })
  }
}
