import { basename } from 'node:path'
import { NONE, type Observed, type Planned } from './job.js'
import type { Mutant, Outcome, Result } from './mutant.js'
import { TestProcess } from './test-process.js'

/** Processes at work at once. */
const PROCESSES = 2
/** Tests that ask no more than this come first: most mutants get no further. */
const QUICK_STEPS_MAX = 10_000
/** What a test may take with a mutant: so many times what it takes without, and this much more. */
const MS_TIMES = 10
const MS_MORE = 5_000
const STEPS_TIMES = 20
const STEPS_MORE = 200_000

/** What is known of the tests before any mutant is in force. */
type Knowledge = {
  readonly tests: readonly Observed[]
  /** The tests that come by a mutant, by its number. */
  readonly byMutant: ReadonlyMap<number, readonly number[]>
  /** Mutants that are come by while modules are loaded. */
  readonly atLoad: ReadonlySet<number>
}

export type CampaignOptions = {
  /** Where the sources are, with the mutants in them. */
  readonly folder: string
  readonly mutants: readonly Mutant[]
  /** Files of tests. */
  readonly tests: readonly string[]
  /** Called with each mutant that was tried. */
  readonly onResult: (result: Result) => void
}

/** Tries every mutant with the tests that come by it. */
export class Campaign {
  readonly #options: CampaignOptions
  readonly #outcomes: (Outcome | undefined)[]
  #knowledge: Knowledge = { tests: [], byMutant: new Map(), atLoad: new Set() }
  #next = 0

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#outcomes = options.mutants.map(() => undefined)
  }

  /** The outcome of each mutant, in their order. */
  async run(): Promise<readonly Outcome[]> {
    await this.#observe()
    await Promise.all(Array.from({ length: PROCESSES }, () => this.#work()))
    return this.#outcomes.map((outcome) => outcome ?? { type: 'NOT_COVERED' })
  }

  async #observe(): Promise<void> {
    const warm = await this.#start(this.#options.tests, NONE)
    try {
      const { tests, atLoad } = await warm.observe()
      const failed = tests.find(({ problem }) => problem !== undefined)
      if (failed) throw new Error(`without any mutant, a test fails: ${failed.title}: ${failed.problem}`)
      const byMutant = new Map<number, number[]>()
      for (const [index, { mutants }] of tests.entries())
        for (const mutant of mutants) byMutant.set(mutant, [...(byMutant.get(mutant) ?? []), index])
      this.#knowledge = { tests, byMutant, atLoad: new Set(atLoad) }
    } finally {
      await warm.stop()
    }
  }

  async #start(files: readonly string[], mutant: number): Promise<TestProcess> {
    const started = new TestProcess(this.#options.folder)
    const problem = await started.load(files, mutant)
    if (problem === undefined) return started
    await started.stop()
    throw new Error(`the tests cannot be loaded: ${problem}`)
  }

  /** Tries one mutant after another in a process that is kept, as long as there are any. */
  async #work(): Promise<void> {
    let warm: TestProcess | undefined
    for (let mutant = this.#take(); mutant !== undefined; mutant = this.#take()) {
      if (!warm?.isRunning) warm = await this.#start(this.#options.tests, NONE)
      const outcome = await this.#try(mutant, warm)
      this.#outcomes[mutant] = outcome
      const tried = this.#options.mutants[mutant]
      if (tried) this.#options.onResult({ mutant: tried, outcome })
      // A test that came to no end has left things behind, and may not be the last to do something.
      if (outcome.type === 'TIMED_OUT') await warm.stop()
    }
    await warm?.stop()
  }

  #take(): number | undefined {
    const mutant = this.#next
    this.#next += 1
    return mutant < this.#options.mutants.length ? mutant : undefined
  }

  async #try(mutant: number, warm: TestProcess): Promise<Outcome> {
    const covering = this.#knowledge.byMutant.get(mutant) ?? []
    const isQuick = (test: number): boolean => (this.#knowledge.tests[test]?.steps ?? 0) <= QUICK_STEPS_MAX
    const lots = [
      covering.filter(isQuick),
      covering.filter((test) => !isQuick(test) && this.#isOwn(test, mutant)),
    ]
    for (const lot of lots.filter(({ length }) => length > 0)) {
      const outcome = await warm.attempt(
        mutant,
        lot.map((test) => this.#planned(test)),
      )
      if (outcome.type !== 'SURVIVED') return outcome
    }
    if (this.#knowledge.atLoad.has(mutant)) return await this.#tryAtLoad(mutant, covering.length > 0)
    return { type: covering.length > 0 ? 'SURVIVED' : 'NOT_COVERED' }
  }

  /** Whether the test is of the mutant's layer, or of all of them. Long tests of another layer are not waited for. */
  #isOwn(test: number, mutant: number): boolean {
    const [, layer] = this.#options.mutants[mutant]?.file.split('/') ?? []
    const file = this.#knowledge.tests[test]?.file ?? ''
    return !file.startsWith('test/unit/') || file.startsWith(`test/unit/${layer}/`)
  }

  #planned(test: number, number = test): Planned {
    const { ms = 0, steps = 0 } = this.#knowledge.tests[test] ?? {}
    return { test: number, msMax: ms * MS_TIMES + MS_MORE, stepsMax: steps * STEPS_TIMES + STEPS_MORE }
  }

  /**
   * In force from the start of a process of its own: first with the tests that bear the name of its module, then with all others, unless
   * tests came by it later, too: what they were not told by it, it has had its part in at most in preparing them.
   */
  async #tryAtLoad(mutant: number, isTriedLater: boolean): Promise<Outcome> {
    const name = basename(this.#options.mutants[mutant]?.file ?? '', '.ts')
    const isNear = (file: string): boolean => basename(file).startsWith(name)
    const { tests } = this.#options
    const lots = [tests.filter(isNear), isTriedLater ? [] : tests.filter((file) => !isNear(file))]
    for (const files of lots.filter(({ length }) => length > 0)) {
      const outcome = await this.#tryFrom(files, mutant)
      if (outcome.type !== 'SURVIVED') return outcome
    }
    return { type: 'SURVIVED' }
  }

  async #tryFrom(files: readonly string[], mutant: number): Promise<Outcome> {
    const fresh = new TestProcess(this.#options.folder)
    try {
      const problem = await fresh.load(files, mutant)
      if (problem !== undefined) return { type: 'KILLED', by: `loading: ${problem}` }
      const { tests } = this.#knowledge
      const loaded = [...tests.keys()].filter((test) => files.includes(tests[test]?.file ?? ''))
      const plan = loaded.map((test, number) => this.#planned(test, number))
      const isShort = (_: Planned, number: number): boolean => {
        const test = loaded[number] ?? 0
        return (tests[test]?.steps ?? 0) <= QUICK_STEPS_MAX || this.#isOwn(test, mutant)
      }
      return await fresh.attempt(mutant, plan.filter(isShort))
    } finally {
      await fresh.stop()
    }
  }
}
