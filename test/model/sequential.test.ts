import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { cleanBooks } from '../support/database/verified.js'
import { expectSame, textOf } from '../support/model/as-text.js'
import type { ModelRecord, Operation } from '../support/model/model-operation.js'
import {
  modelParameters,
  opening,
  operation,
  prepareCatalog,
  type Step,
  statementFilter,
  step,
  stepOf,
  withOtherContent,
} from '../support/model/model-operations.js'
import {
  type Answered,
  accountText,
  foretell,
  perform,
  readStatement,
  type Timed,
} from '../support/model/model-service.js'
import { type Answer, FIRST_DAY, type Filter, ReferenceModel } from '../support/model/reference-model.js'
import { DayClock } from '../support/processes/day-clock.js'
import { ProcessGroup } from '../support/processes/process-group.js'

/**
 * Random histories, one operation after another, on three processes that are restarted and killed in between.
 * Their clocks move from day to day, not always together. Every answer, statement, balance and counter must
 * equal that of the reference model. Every purchase is simulated first, and the simulation must predict the
 * answer.
 *
 * A failure prints seed, path and, after the commands, replayPath. To run it again:
 *
 * MODEL_SEED=<seed> MODEL_PATH="<path>" MODEL_REPLAY="<replayPath>" npx mocha test/model/sequential.test.ts
 *
 * MODEL_RUNS sets the number of histories.
 */
const RUNS = 30

/** The knowledge gained during a history. */
type Model = {
  readonly bank: ReferenceModel
  readonly sent: Operation[]
  /** The time of the decision: every later answer must repeat it. */
  readonly times: Map<string, number>
}
type Real = { readonly group: ProcessGroup; readonly clocks: readonly DayClock[]; readonly run: string }
type Command = fc.AsyncCommand<Model, Real>

class Ask implements Command {
  readonly #asked: Operation
  readonly #process: number

  constructor(asked: Operation, process: number) {
    this.#asked = asked
    this.#process = process
  }

  check(): boolean {
    return true
  }

  async run(model: Model, { group, clocks, run }: Real): Promise<void> {
    const { core } = group.at(this.#process)
    // One process of the three simulates first: its prediction holds for all of them.
    const asks = this.#asked.kind === 'buy' && this.#process === 0 ? this.#asked : undefined
    const foretold = asks && (await foretell(core, asks, run))
    const answered = await perform(core, this.#asked, run)
    if (foretold) expectSame(foretold, answered)
    const expected = model.bank.do(this.#asked, clocks[this.#process]?.today)
    model.sent.push(this.#asked)
    const { account } = this.#asked
    for (const expiry of model.bank.statement(account, { kind: 'EXPIRY' }) ?? []) {
      const key = timeKey(account, expiry)
      if (!model.times.has(key)) model.times.set(key, clocks[this.#process]?.now().getTime() ?? Number.NaN)
    }
    if (answered.was === 'NEW')
      model.times.set(timeKey(this.#asked.account, answered.record), answered.record.atMs)
    expectSame(answered, timed(expected, this.#asked.account, model))
  }

  toString(): string {
    return `${this.#process}: ${textOf(this.#asked)}`
  }
}

/** Repeats an earlier message, unchanged or with other content. */
class AskAgain implements Command {
  readonly #which: number
  readonly #changed: boolean
  readonly #process: number

  constructor(which: number, changed: boolean, process: number) {
    this.#which = which
    this.#changed = changed
    this.#process = process
  }

  check({ sent }: Readonly<Model>): boolean {
    return sent.length > 0
  }

  async run(model: Model, real: Real): Promise<void> {
    const before = model.sent[this.#which % model.sent.length]
    if (!before) throw new Error('checked above')
    await new Ask(this.#changed ? withOtherContent(before) : before, this.#process).run(model, real)
  }

  toString(): string {
    return `${this.#process}: ${this.#changed ? 'change and repeat' : 'repeat'} no. ${this.#which}`
  }
}

/** Sends a later step of an earlier purchase. */
class TakeStep implements Command {
  readonly #which: number
  readonly #how: Step
  readonly #process: number

  constructor(which: number, how: Step, process: number) {
    this.#which = which
    this.#how = how
    this.#process = process
  }

  check({ sent }: Readonly<Model>): boolean {
    return sent.some((asked) => asked.kind === 'buy' && asked.id !== this.#how.id)
  }

  async run(model: Model, real: Real): Promise<void> {
    const purchases = model.sent
      .filter((asked) => asked.kind === 'buy')
      .filter(({ id }) => id !== this.#how.id)
    const purchase = purchases[this.#which % purchases.length]
    if (!purchase) throw new Error('checked above')
    await new Ask(stepOf(purchase, this.#how), this.#process).run(model, real)
  }

  toString(): string {
    const { kind, id, amount = 'all', rightly } = this.#how
    return `${this.#process}: ${id} ${kind}s ${amount} of purchase no. ${this.#which}, rightly: ${rightly}`
  }
}

class ReadStatement implements Command {
  readonly #account: string
  readonly #filter: Filter
  readonly #pageSize: number
  readonly #process: number

  constructor(account: string, filter: Filter, pageSize: number, process: number) {
    this.#account = account
    this.#filter = filter
    this.#pageSize = pageSize
    this.#process = process
  }

  check(): boolean {
    return true
  }

  async run(model: Model, { group, run }: Real): Promise<void> {
    const asked = { filter: this.#filter, pageSize: this.#pageSize }
    const found = await readStatement(group.at(this.#process).core, `${run}-${this.#account}`, asked)
    const expected = model.bank.statement(this.#account, this.#filter)
    expectSame(
      found,
      expected?.map((record) => withTime(record, this.#account, model)),
    )
  }

  toString(): string {
    return `${this.#process}: statement ${this.#account} ${JSON.stringify(this.#filter)} by ${this.#pageSize}`
  }
}

class ReadBalances implements Command {
  readonly #account: string
  readonly #process: number

  constructor(account: string, process: number) {
    this.#account = account
    this.#process = process
  }

  check(): boolean {
    return true
  }

  async run({ bank }: Model, { group, run }: Real): Promise<void> {
    const id = `${run}-${this.#account}`
    const found = (await group.at(this.#process).core.accounts.load([id])).get(id)
    const isOpen = found !== undefined && found.status !== 'UNOPENED'
    expectSame(isOpen ? accountText(found) : undefined, bank.balances(this.#account))
  }

  toString(): string {
    return `${this.#process}: balances ${this.#account}`
  }
}

/** Moves the clock of one process forward or back, or of all of them forward: each has its own day. */
class DaysPass implements Command {
  readonly #days: number
  readonly #process: number | 'ALL'

  constructor(days: number, process: number | 'ALL') {
    this.#days = days
    this.#process = process
  }

  check(): boolean {
    return true
  }

  async run(_model: Model, { clocks }: Real): Promise<void> {
    for (const [index, clock] of clocks.entries()) {
      if (this.#process === 'ALL' || this.#process === index) clock.daysPassed += this.#days
    }
  }

  toString(): string {
    return `${this.#process}: ${this.#days} days pass`
  }
}

/** An event in the processes that no caller may notice. */
class Happens implements Command {
  readonly #what: 'post' | 'restart' | 'kill'
  readonly #process: number

  constructor(what: 'post' | 'restart' | 'kill', process: number) {
    this.#what = what
    this.#process = process
  }

  check(): boolean {
    return true
  }

  async run(_model: Model, { group }: Real): Promise<void> {
    if (this.#what === 'post') await group.post()
    else await group[this.#what](this.#process)
  }

  toString(): string {
    return `${this.#process}: ${this.#what}`
  }
}

const process_ = fc.nat({ max: 2 })
const account = fc.constantFrom('A', 'B')
const ask = fc.tuple(operation, process_).map((of) => new Ask(...of))
const askAgain = fc.tuple(fc.nat({ max: 100 }), fc.boolean(), process_).map((of) => new AskAgain(...of))
const takeStep = fc.tuple(fc.nat({ max: 100 }), step, process_).map((of) => new TakeStep(...of))
const readStatementOf = fc
  .tuple(account, statementFilter, fc.integer({ min: 1, max: 6 }), process_)
  .map((of) => new ReadStatement(...of))
const histories = fc.commands<Model, Real, false>(
  [
    ...Array.from({ length: 11 }, () => ask),
    ...Array.from({ length: 8 }, () => takeStep),
    ...Array.from({ length: 3 }, () => askAgain),
    ...Array.from({ length: 2 }, () => readStatementOf),
    fc.tuple(account, process_).map((of) => new ReadBalances(...of)),
    fc
      .tuple(fc.constantFrom(-1, 1, 1, 2), fc.constantFrom(0, 1, 2, 'ALL' as const, 'ALL' as const))
      .map((of) => new DaysPass(...of)),
    process_.map((process) => new Happens('post', process)),
    fc.tuple(fc.constantFrom('restart', 'kill', 'post', 'post'), process_).map((of) => new Happens(...of)),
  ],
  {
    maxCommands: 70,
    size: 'max',
    ...(process.env['MODEL_REPLAY'] !== undefined && { replayPath: process.env['MODEL_REPLAY'] }),
  },
)

describe('model: one operation after another', function () {
  // fast-check ends in time: shrinking a failure takes longer than finding it.
  this.timeout(0)
  const database = useDatabase()
  const clocks = [1, 2, 3].map(() => new DayClock(FIRST_DAY))
  let group: ProcessGroup
  before(async () => {
    await ensureSchema(database())
    await prepareCatalog(database())
    const mongodbUri = await testMongoUri()
    group = await ProcessGroup.start({ mongodbUri, database: database().databaseName, clocks })
  })
  after(() => group.stop())

  it('the reference model gives the same answers, balances and statements', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (commands) => {
        const model: Model = { bank: new ReferenceModel(), sent: [], times: new Map() }
        const real = { group, clocks, run: randomUUID() }
        for (const clock of clocks) clock.daysPassed = 0
        for (const asked of opening) await new Ask(asked, 0).run(model, real)
        await fc.asyncModelRun(() => ({ model, real }), commands)
        await new ReadStatement('A', {}, 1_000, 0).run(model, real)
        await new ReadStatement('B', {}, 1_000, 1).run(model, real)
        for (const name of ['A', 'B']) await new ReadBalances(name, 2).run(model, real)
      }),
      modelParameters(RUNS),
    )
  })

  it('the books of all these histories are clean', async () => {
    await cleanBooks(database())
  })
})

function timed(answer: Answer, account: string, model: Model): Answered {
  return 'record' in answer ? { ...answer, record: withTime(answer.record, account, model) } : answer
}

function withTime(record: ModelRecord, account: string, { times }: Model): Timed {
  return { ...record, atMs: times.get(timeKey(account, record)) ?? Number.NaN }
}

function timeKey(account: string, { id }: ModelRecord): string {
  return `${account} ${id}`
}
