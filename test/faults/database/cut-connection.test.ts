import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { authorize } from '../../../src/application/authorize.js'
import { type Budget, timeBudget } from '../../../src/application/budget.js'
import { creditAccount } from '../../../src/application/credit-account.js'
import { UndecidedError } from '../../../src/application/errors.js'
import { openAccount } from '../../../src/application/open-account.js'
import { reverse } from '../../../src/application/reverse.js'
import { Verify } from '../../../src/application/verify.js'
import { readDatabaseConfig } from '../../../src/config.js'
import type { Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { type Core, createCore, systemClock } from '../../../src/service/core.js'
import { MongoAuditStore } from '../../../src/storage/account/mongo-audit-store.js'
import { MongoLedger } from '../../../src/storage/account/mongo-ledger.js'
import { type Balances, fundedAccount, openCore, testBudget } from '../../support/database/accounts.js'
import { readBook } from '../../support/database/books.js'
import { useDatabase } from '../../support/database/database-fixture.js'
import { testMongoUri } from '../../support/database/mongo.js'
import type { MongoCommand } from '../../support/database/mongo-wire.js'
import { type Cut, TcpProxy } from '../../support/database/tcp-proxy.js'
import { eventually } from '../../support/eventually.js'

/** Timeout of an impatient caller, in milliseconds: enough for several attempts. */
const IMPATIENT_MS = 500

/** A repeatable request to the engine, always with the same ids. */
type Question = {
  readonly accountId: string
  readonly transactionId: string
  readonly ask: (budget: Budget) => Promise<Verdict<Entry, string>>
  /** The balance of the account after the answer. */
  readonly balances: Balances
}

/** A round trip of the engine: its command, and requests that need it. */
type RoundTrip = {
  readonly command: MongoCommand
  /** Number of these requests sent at once. */
  readonly requests: number
  readonly prepare: () => Promise<readonly Question[]>
}

describe('a connection to MongoDB that is cut', () => {
  const db = useDatabase()
  const postingFailures: unknown[] = []
  const refusedEntries: Entry[] = []
  let proxy: TcpProxy
  let core: Core
  /** Another process, whose connections are never cut: `core` has no copy of its commits. */
  let other: Core

  before(async () => {
    proxy = await TcpProxy.listen(Number(new URL(await testMongoUri()).port))
    // Direct, because the set itself would tell the driver the address behind the proxy.
    const mongodbUri = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
    core = createCore({
      config: readDatabaseConfig({ MONGODB_URI: mongodbUri, MONGODB_DATABASE: db().databaseName }),
      mongodbUri,
      onPostingFailure: (error) => postingFailures.push(error),
      onDiscrepancy: (entry) => refusedEntries.push(entry),
      // It continues with its current catalog.
      onCatalogFailure: () => {},
      onCatalogUnwatched: () => {},
    })
    await core.prepare()
    other = await openCore(await testMongoUri(), db().databaseName)
  })
  beforeEach(() => {
    postingFailures.length = 0
    refusedEntries.length = 0
  })
  afterEach(() => {
    proxy.heal()
  })
  after(async () => {
    await core?.close(2_000)
    await other?.close(2_000)
    await proxy?.close()
  })

  function purchase(accountId: string, balances: Balances, transactionId: string = randomUUID()): Question {
    const content = { transactionId, amount: centavos(1_000n), mcc: '5999', merchant: '' }
    return {
      accountId,
      transactionId,
      balances,
      ask: (budget) => authorize(core, accountId, content, budget),
    }
  }

  function opening(): Question {
    const [accountId, transactionId] = [randomUUID(), randomUUID()]
    const content = { transactionId, subject: 'test' }
    const ask = (budget: Budget) => openAccount(core.engine, accountId, content, budget)
    return { accountId, transactionId, balances: {}, ask }
  }

  function reversal(accountId: string, originalId: string, balances: Balances): Question {
    const transactionId = randomUUID()
    const content = { transactionId, originalId, described: {} }
    const ask = (budget: Budget) => reverse(core.engine, accountId, content, budget)
    return { accountId, transactionId, balances, ask }
  }

  async function postedThrough(accountId: string, seq: bigint): Promise<void> {
    const kept = () => db().collection('ledger').countDocuments({ '_id.account': accountId })
    await eventually(
      'the entries are in the ledger, and the engine knows',
      async () => BigInt(await kept()) === seq && core.poster.unposted === 0,
    )
  }

  /** An account with CASH 40.00. Its purchase `old` is in the ledger and no longer in the journal. */
  async function accountWithPast(): Promise<string> {
    const accountId = await fundedAccount(core, { CASH: 4_000n })
    await purchase(accountId, {}, 'old').ask(testBudget())
    await postedThrough(accountId, 3n)
    const credit = { transactionId: 'later', wallet: 'CASH', amount: centavos(1_000n) }
    await creditAccount(core, accountId, credit, testBudget())
    return accountId
  }

  const roundTrips: Readonly<Record<string, RoundTrip>> = {
    'reading the account, and looking the id up': {
      command: { name: 'aggregate', collection: 'ledger' },
      requests: 1,
      prepare: async () => [purchase(await fundedAccount(other, { CASH: 5_000n }), { CASH: 4_000n })],
    },
    'looking a new id up in the ledger': {
      command: { name: 'find', collection: 'ledger' },
      requests: 1,
      prepare: async () => [purchase(await accountWithPast(), { CASH: 3_000n })],
    },
    'looking an old id up in the ledger': {
      command: { name: 'find', collection: 'ledger' },
      requests: 1,
      prepare: async () => [purchase(await accountWithPast(), { CASH: 4_000n }, 'old')],
    },
    'looking a purchase and its reversals up in the ledger': {
      command: { name: 'find', collection: 'ledger' },
      requests: 2,
      prepare: async () => [reversal(await accountWithPast(), 'old', { CASH: 5_000n })],
    },
    'committing one account': {
      command: { name: 'update', collection: 'accounts' },
      requests: 1,
      prepare: async () => [purchase(await fundedAccount(core, { CASH: 5_000n }), { CASH: 4_000n })],
    },
    'committing a new account': {
      command: { name: 'insert', collection: 'accounts' },
      requests: 1,
      prepare: async () => [opening()],
    },
    'committing several accounts, a new one among them': {
      command: { name: 'bulkWrite', collection: undefined },
      requests: 1,
      // The first two are separate groups. The others wait, and form the next group.
      prepare: async () => {
        const accountIds = await Promise.all([1, 2, 3, 4, 5].map(() => fundedAccount(core, { CASH: 5_000n })))
        return [...accountIds.map((accountId) => purchase(accountId, { CASH: 4_000n })), opening()]
      },
    },
  }

  /** Cuts connections, sends the requests, and repeats those without an answer. Then cuts no more. */
  async function answersOf(questions: readonly Question[], cut: Cut, budget: () => Budget) {
    proxy.cut(cut)
    const first = await Promise.allSettled(questions.map(({ ask }) => ask(budget())))
    const cuts = proxy.heal()
    const failures = first.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    const answers = await Promise.all(
      first.map(async (outcome, index) => {
        if (outcome.status === 'fulfilled') return outcome.value
        return await questions[index]?.ask(testBudget())
      }),
    )
    return { cuts, failures, answers: answers.map((verdict) => entryIn(verdict)) }
  }

  /**
   * The state of the requests in the database: their entries, in journal or ledger, and the balances of their
   * accounts.
   */
  async function recordsOf(questions: readonly Question[]) {
    const books = await Promise.all(questions.map(({ accountId }) => readBook(db(), accountId)))
    return {
      entries: books.map(({ entries }, index) =>
        entries
          .filter(({ transaction }) => transaction === questions[index]?.transactionId)
          .map(({ transaction, seq }) => ({ transaction, seq })),
      ),
      balances: books.map(({ balances }) => balances),
    }
  }

  async function discrepancies(): Promise<readonly string[]> {
    const found: string[] = []
    const verify = new Verify({
      store: new MongoAuditStore(db()),
      ledger: new MongoLedger(db()),
      repair: false,
      onDiscrepancy: ({ accountId, kind, detail }) => found.push(`${accountId}: ${kind}: ${detail}`),
      onProgress: () => {},
    })
    await verify.run()
    return found
  }

  for (const [what, { command, requests, prepare }] of Object.entries(roundTrips)) {
    for (const loses of ['REPLY', 'REQUEST'] as const) {
      describe(`while ${what}, the ${loses.toLowerCase()} lost`, () => {
        // The driver tries reads twice, and writes once, before the engine gets the error. The engine first
        // checks the outcome.
        const reads = command.name === 'aggregate' || command.name === 'find'
        for (const [how, times] of [
          ['once', 1] as const,
          ...(reads ? [['at both tries of the store', 2 * requests] as const] : []),
        ]) {
          it(`leads to an answer for the caller, and to one entry, when lost ${how}`, async () => {
            const questions = await prepare()
            const { answers, ...course } = await answersOf(questions, { command, loses, times }, testBudget)
            expect(course).to.deep.equal({ cuts: times, failures: [] })
            expect(await recordsOf(questions)).to.deep.equal(expectedOf(questions, answers))
            expect(await discrepancies()).to.deep.equal([])
          })
        }

        it('leads to an answer on the next attempt, and to one entry, when everything is lost until the service gives up', async () => {
          const questions = await prepare()
          const impatient = () => timeBudget(IMPATIENT_MS, systemClock)
          const cut = { command, loses, times: 'ALL_FROM_THERE' } as const
          const { answers, cuts, failures } = await answersOf(questions, cut, impatient)
          expect(cuts).to.be.greaterThan(2)
          expect(failures).to.not.be.empty
          for (const failure of failures) expect(failure).to.be.an.instanceOf(UndecidedError)
          expect(await recordsOf(questions)).to.deep.equal(expectedOf(questions, answers))
          expect(await discrepancies()).to.deep.equal([])
        })
      })
    }
  }

  for (const loses of ['REPLY', 'REQUEST'] as const) {
    describe(`while posting an entry to the ledger, the ${loses.toLowerCase()} lost`, () => {
      for (const [how, times, failuresMin] of [
        ['once, so that the driver tries again', 1, 0],
        ['three times, so that the poster tries again', 3, 1],
        ['with everything after it, until the poster fails', 'ALL_FROM_THERE', 1],
        ['and no connection can be made, until the poster fails', 'AWAY_FROM_THERE', 1],
      ] as const) {
        it(`leads to one posting when lost ${how}`, async () => {
          const accountId = await fundedAccount(core, { CASH: 5_000n })
          await postedThrough(accountId, 2n)
          proxy.cut({ command: { name: 'insert', collection: 'ledger' }, loses, times })
          await purchase(accountId, {}).ask(testBudget())
          await eventually('the poster fails that often', () => postingFailures.length >= failuresMin)
          if (typeof times === 'string') proxy.heal()
          await postedThrough(accountId, 3n)

          const { posted, balances } = await readBook(db(), accountId)
          expect({ posted, balances }).to.deep.equal({ posted: 3, balances: { CASH: 4_000n } })
          expect(await discrepancies()).to.deep.equal([])
          expect(refusedEntries).to.deep.equal([])
        })
      }
    })
  }
})

function entryIn(verdict: Verdict<Entry, string> | undefined): Entry | undefined {
  return verdict?.type === 'RECORD' || verdict?.type === 'REPLAY' ? verdict.entry : undefined
}

/** Each request has exactly the entry of its answer, and each account has the expected balance. */
function expectedOf(questions: readonly Question[], answers: readonly (Entry | undefined)[]) {
  return {
    entries: questions.map(({ transactionId }, index) => [
      { transaction: transactionId, seq: answers[index]?.seq },
    ]),
    balances: questions.map(({ balances }) => balances),
  }
}
