import { relative } from 'node:path'
import Mocha from 'mocha'
import { Idleness } from './idleness.js'
import type { Observed, Planned } from './job.js'
import type { Outcome } from './mutant.js'
import type { Switchboard } from './switchboard.js'

/** A suite as it was loaded: what is run of it changes from run to run. */
type Whole = {
  readonly suite: Mocha.Suite
  readonly tests: readonly Mocha.Test[]
  readonly suites: readonly Mocha.Suite[]
}

/** Longest time that what comes before and after the tests of a suite may take, in milliseconds, and most questions that it may ask. */
const HOOK_MS_MAX = 120_000
const HOOK_STEPS_MAX = 50_000_000

/** Tests that are loaded once and run again and again, all or some of them. */
export class TestSuite {
  readonly #board: Switchboard
  readonly #mocha = new Mocha({ ui: 'bdd', timeout: HOOK_MS_MAX, bail: true, reporter: Mocha.reporters.Base })
  readonly #idleness = new Idleness()
  readonly #wholes: Whole[] = []
  readonly #tests: Mocha.Test[] = []

  constructor(board: Switchboard) {
    this.#board = board
    this.#mocha.cleanReferencesAfterRun(false)
  }

  async load(files: readonly string[]): Promise<void> {
    for (const file of files) this.#mocha.addFile(file)
    await this.#mocha.loadFilesAsync()
    this.#remember(this.#mocha.suite)
  }

  /** Runs all tests and says what each takes. What suites do before their tests counts for every test in them. */
  async observe(): Promise<readonly Observed[]> {
    const seenIn = new Map<object, Set<number>>()
    const observed: (Omit<Observed, 'mutants'> & { readonly test: Mocha.Test })[] = []
    let place: object = this.#mocha.suite
    const note = (): void => {
      const seen = seenIn.get(place) ?? new Set()
      for (const mutant of this.#board.takeSeen()) seen.add(mutant)
      seenIn.set(place, seen)
    }
    const goTo = (next: object): void => {
      note()
      place = next
    }
    this.#choose(new Set(this.#tests))
    await this.#run((runner) => {
      runner.on('suite', goTo)
      runner.on('suite end', (suite) => goTo(suite))
      runner.on('test', (test) => {
        goTo(test)
        this.#board.allow(Number.POSITIVE_INFINITY)
      })
      runner.on('test end', (test) => {
        const { state, file = '', duration: ms = 0, err } = test
        const problem = state === 'passed' ? undefined : String(err)
        observed.push({
          test,
          file: relative('.', file),
          title: test.fullTitle(),
          ms,
          steps: this.#board.steps,
          ...(problem !== undefined && { problem }),
        })
      })
    })
    note()
    return observed.map(({ test, ...rest }) => ({
      ...rest,
      mutants: [...around(test).flatMap((one) => [...(seenIn.get(one) ?? [])])],
    }))
  }

  /** The number of a test in the order in which they were observed. */
  get size(): number {
    return this.#tests.length
  }

  /** Runs some tests until one fails. */
  async attempt(plan: readonly Planned[], onBegin: (test: number) => void): Promise<Outcome> {
    const limits = new Map(plan.map((planned) => [this.#tests[planned.test], planned]))
    this.#choose(new Set(limits.keys()))
    let failure: { readonly title: string; readonly error: unknown } | undefined
    const unhandled = (error: unknown): void => {
      failure ??= { title: 'a rejection that nobody handles', error }
    }
    process.on('unhandledRejection', unhandled)
    let running: Mocha.Test | undefined
    const stopWatching = this.#idleness.watch(() => running)
    try {
      await this.#run((runner) => {
        const allowHooks = (): void => this.#board.allow(HOOK_STEPS_MAX)
        runner.on('suite', allowHooks)
        runner.on('test end', () => {
          running = undefined
          allowHooks()
        })
        runner.on('test', (test) => {
          running = test
          const planned = limits.get(test)
          this.#board.allow(planned?.stepsMax ?? 0)
          test.timeout(planned?.msMax ?? HOOK_MS_MAX)
          if (planned) onBegin(planned.test)
        })
        runner.on('fail', (test, error) => {
          failure ??= { title: test.fullTitle(), error }
        })
      })
      await turns()
    } finally {
      stopWatching()
      process.off('unhandledRejection', unhandled)
    }
    if (!failure) return { type: 'SURVIVED' }
    const isLate = /a loop comes to no end|Timeout of \d+ms exceeded/.test(String(failure.error))
    return { type: isLate ? 'TIMED_OUT' : 'KILLED', by: failure.title }
  }

  async #run(listen: (runner: Mocha.Runner) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      listen(this.#mocha.run(() => resolve()))
    })
  }

  #remember(suite: Mocha.Suite): void {
    this.#wholes.push({ suite, tests: [...suite.tests], suites: [...suite.suites] })
    this.#tests.push(...suite.tests)
    for (const inner of suite.suites) this.#remember(inner)
  }

  /** Leaves in the suites only these tests, and what leads to them. */
  #choose(chosen: ReadonlySet<unknown>): void {
    // From the innermost suites on.
    for (const { suite, tests, suites } of this.#wholes.toReversed()) {
      suite.tests = tests.filter((test) => chosen.has(test))
      suite.suites = suites.filter((inner) => inner.tests.length > 0 || inner.suites.length > 0)
    }
  }
}

/** The test and the suites that it is in. */
function around(test: Mocha.Test): readonly object[] {
  const found: object[] = [test]
  for (let suite = test.parent; suite; suite = suite.parent) found.push(suite)
  return found
}

/** What the tests have left behind has its turn before the next ones come. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
