import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { MongoStatementStore } from '../../src/storage/account/mongo-statement-store.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { cleanBooks } from '../support/database/verified.js'
import { expectSame } from '../support/model/as-text.js'
import { explain, type Observation } from '../support/model/explanation.js'
import type { Operation } from '../support/model/model-operation.js'
import {
  modelParameters,
  opening,
  operation,
  prepareCatalog,
  statementFilter,
  step,
  stepOf,
  withOtherContent,
} from '../support/model/model-operations.js'
import { accountText, perform, readStatement, recordOf, type Timed } from '../support/model/model-service.js'
import { FIRST_DAY, type Filter, ReferenceModel } from '../support/model/reference-model.js'
import { DayClock } from '../support/processes/day-clock.js'
import { ProcessGroup } from '../support/processes/process-group.js'

/**
 * Random concurrent operations on three processes. The test kills some of them meanwhile. Operations without
 * an answer are sent again to another process, as a switch would. All work ends between two rounds.
 *
 * Processes and database determine the order of execution. The reference model must explain every answer by
 * some order. A failure prints seed and path, which repeat the operations but not their timing:
 *
 * MODEL_SEED=<seed> MODEL_PATH="<path>" npx mocha test/model/concurrent.test.ts
 *
 * MODEL_RUNS sets the number of histories.
 */
const RUNS = 25
const ACCOUNTS = ['A', 'B']
/** Attempts for a message before the test gives up. */
const ATTEMPTS_MAX = 10

/** An action in a round, and its time: after so many turns of the event loop. */
type Deed = { readonly process: number; readonly turns: number } & (
  | { readonly does: 'ask'; readonly asked: Operation }
  | { readonly does: 'read'; readonly account: string; readonly filter: Filter; readonly pageSize: number }
  | { readonly does: 'kill' }
)

const when = { process: fc.nat({ max: 2 }), turns: fc.nat({ max: 12 }) }
const anyRead = fc.record({
  ...when,
  does: fc.constant('read' as const),
  account: fc.constantFrom(...ACCOUNTS),
  filter: statementFilter,
  pageSize: fc.integer({ min: 1, max: 40 }),
})
const anyKill = fc.record({ ...when, does: fc.constant('kill' as const) })

/**
 * One message, sent by several callers at once: unchanged, with other content, and, if it is a purchase, with
 * later steps of it.
 */
const anyBundle: fc.Arbitrary<readonly Deed[]> = fc
  .record({
    asked: operation,
    sent: fc.array(fc.record({ ...when, changed: fc.nat({ max: 5 }) }), { minLength: 1, maxLength: 4 }),
    steps: fc.array(fc.record({ ...when, how: step }), { maxLength: 3 }),
  })
  .map(({ asked, sent, steps }) => [
    ...sent.map(({ changed, ...rest }): Deed => {
      return { ...rest, does: 'ask', asked: changed === 0 ? withOtherContent(asked) : asked }
    }),
    ...steps.flatMap(({ how, ...rest }): readonly Deed[] => {
      if (asked.kind !== 'buy' || asked.id === how.id) return []
      return [{ ...rest, does: 'ask', asked: stepOf(asked, how) }]
    }),
  ])

const anyRound = fc
  .record({
    bundles: fc.array(anyBundle, { minLength: 1, maxLength: 9 }),
    reads: fc.array(anyRead, { maxLength: 3 }),
    kills: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(anyKill) }),
  })
  .map(({ bundles, reads, kills }): readonly Deed[] => [...bundles.flat(), ...reads, ...kills])
const histories = fc.array(anyRound, { minLength: 1, maxLength: 6, size: 'max' })

describe('model: concurrent operations', function () {
  // fast-check ends in time: shrinking a failure takes longer than finding it.
  this.timeout(0)
  const database = useDatabase()
  let group: ProcessGroup
  before(async () => {
    await ensureSchema(database())
    await prepareCatalog(database())
    const mongodbUri = await testMongoUri()
    const clocks = [1, 2, 3].map(() => new DayClock(FIRST_DAY))
    group = await ProcessGroup.start({ mongodbUri, database: database().databaseName, clocks })
  })
  after(() => group.stop())

  it('the reference model explains the answers in some order', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (rounds) => {
        const run = randomUUID()
        const model = new ReferenceModel()
        for (const asked of opening) {
          model.do(asked)
          await perform(group.at(0).core, asked, run)
        }
        for (const deeds of rounds) {
          const observed = await play(deeds, run)
          for (const account of ACCOUNTS) await check(model, account, observed.get(account) ?? [], run)
        }
      }),
      modelParameters(RUNS),
    )
  })

  it('the books of all these histories are clean', async () => {
    await cleanBooks(database())
  })

  /** All recorded entries of an account, oldest first, even while it is unopened. */
  async function recorded(id: string): Promise<readonly Timed[]> {
    const account = (await group.at(0).core.accounts.load([id])).get(id)
    const journal = account?.journal ?? []
    const beforeSeq = journal[0]?.seq ?? 1n
    const statements = new MongoStatementStore(database())
    const older = await statements.page({ accountId: id, beforeSeq, filter: {}, limit: 10_000 })
    return [...older.toReversed(), ...journal].map(recordOf)
  }

  /** Runs all actions at once, and returns the outcomes by account. */
  async function play(
    deeds: readonly Deed[],
    run: string,
  ): Promise<ReadonlyMap<string, readonly Observation[]>> {
    const observed = new Map<string, Observation[]>(ACCOUNTS.map((account) => [account, []]))
    await Promise.all(
      deeds.map(async (deed) => {
        for (let turn = 0; turn < deed.turns; turn++) await nextTurn()
        if (deed.does === 'kill') await group.kill(deed.process)
        if (deed.does === 'ask') observed.get(deed.asked.account)?.push(await ask(deed, run))
        if (deed.does === 'read') observed.get(deed.account)?.push(await read(deed, run))
      }),
    )
    return observed
  }

  /** Asks one process after another until there is an answer. */
  async function ask({ process, asked }: Deed & { does: 'ask' }, run: string): Promise<Observation> {
    for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
      const { core, death, patience } = group.at(process + attempts - 1)
      const answered = await untilDeath(perform(core, asked, run, patience), death)
      if (answered !== 'DEAD') return { asked, answered, attempts }
    }
    throw new Error(`no answer after ${ATTEMPTS_MAX} attempts`)
  }

  async function read(
    { process, account, filter, pageSize }: Deed & { does: 'read' },
    run: string,
  ): Promise<Observation> {
    for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
      const { core, death } = group.at(process + attempts)
      const found = await untilDeath(readStatement(core, `${run}-${account}`, { filter, pageSize }), death)
      if (found !== 'DEAD') return { read: account, filter, found }
    }
    throw new Error(`no answer after ${ATTEMPTS_MAX} attempts`)
  }

  /** Compares the outcome of a round with the model, and then the visible state. */
  async function check(
    model: ReferenceModel,
    account: string,
    observed: readonly Observation[],
    run: string,
  ): Promise<void> {
    const id = `${run}-${account}`
    const known = model.length(account)
    const entries = await recorded(id)
    explain(model, account, { observed, entries: entries.slice(known) })
    const stored = (await group.at(1).core.accounts.load([id])).get(id)
    const isOpen = stored !== undefined && stored.status !== 'UNOPENED'
    expectSame(isOpen ? accountText(stored) : undefined, model.balances(account))
    const seen = await readStatement(group.at(2).core, id, { filter: {}, pageSize: 7 })
    expectSame(seen, isOpen ? entries.toReversed() : undefined)
  }
})

/** The answer, or the death of the process. An answer of a dying process does not count. */
async function untilDeath<T>(work: Promise<T>, death: Promise<'DEAD'>): Promise<T | 'DEAD'> {
  const orDead = work.catch(async (error: unknown) => {
    const dead = await Promise.race([death, nextTurn('ALIVE')])
    if (dead === 'ALIVE') throw error
    return 'DEAD' as const
  })
  return await Promise.race([orDead, death])
}
