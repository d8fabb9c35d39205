import { expect } from 'chai'
import fc from 'fast-check'
import { isUnavailable } from '../../../../src/application/errors.js'
import { unopenedAccount } from '../../../../src/domain/account.js'
import type { AuthorizationEntry, Entry } from '../../../../src/domain/entry.js'
import { movementOf } from '../../../../src/domain/entry.js'
import type { Verdict } from '../../../../src/domain/verdict.js'
import { fundedAccount, patience, purchase, trimmed } from '../fixtures.js'
import { InMemoryStore } from '../in-memory-store.js'
import { allSettled, type TestEngine, testEngine } from '../test-engine.js'

type Ask = { readonly account: string; readonly id: string; readonly amount: bigint }
type Answer = Ask & { readonly verdict: Verdict<AuthorizationEntry> }

/**
 * FRESH and OLD hold 100 centavos; the journal of OLD has only the latest entry. The third account, NOBODY,
 * was never opened.
 */
const accounts = ['FRESH', 'OLD', 'NOBODY']

const ask = fc.record({
  account: fc.constantFrom(...accounts),
  id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
  amount: fc.constantFrom(7n, 30n, 60n),
})
/** A caller that sends its purchases one after another to one of two processes. */
const caller = fc.record({
  process: fc.constantFrom(0 as const, 1 as const),
  asks: fc.array(ask, { maxLength: 5 }),
})
const callers = fc.array(caller, { minLength: 1, maxLength: 12 })

const outage = fc.option(fc.constant('OUTAGE' as const), { nil: undefined, freq: 3 })
const lostReply = fc.constantFrom(undefined, 'LOST_REPLY' as const, 'OUTAGE' as const)
const changeFault = fc.constantFrom('CONFLICT' as const, 'LOST_REPLY' as const, 'OUTAGE' as const)
const ofOneAccount = fc.tuple(fc.constantFrom(...accounts), changeFault).map((fault) => new Map([fault]))
const commitFault = fc.option(fc.oneof(changeFault, ofOneAccount), { nil: undefined, freq: 3 })
const world = fc.record({
  /** Between two rounds everything is posted, so that entries leave their journals. */
  rounds: fc.array(callers, { minLength: 1, maxLength: 3 }),
  loading: fc.array(outage, { maxLength: 10 }),
  finding: fc.array(outage, { maxLength: 10 }),
  committing: fc.array(commitFault, { maxLength: 15 }),
  appending: fc.array(lostReply, { maxLength: 3 }),
  turns: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }),
})

describe('engine: any callers and any store behavior', () => {
  it('decide each id once, keep every centavo and lose no entry', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { store, answers } = await run(given)
        expect(store.violations).to.deep.equal([])
        for (const account of accounts) {
          expectSound(store, account)
          expectConsistent(
            store.history(account),
            answers.filter((answer) => answer.account === account),
          )
        }
      }),
      { numRuns: 60 },
    )
  })
})

type World = typeof world extends fc.Arbitrary<infer W> ? W : never

async function run(given: World): Promise<{ store: InMemoryStore; answers: readonly Answer[] }> {
  const store = storeOf(given)
  const processes = [testEngine({ store }), testEngine({ store })] as const
  const answers: Answer[] = []
  for (const round of given.rounds) {
    await Promise.all(
      round.map(async ({ process, asks }) => {
        for (const one of asks) answers.push({ ...one, verdict: await insist(processes[process], one) })
      }),
    )
    await Promise.all(processes.map(allSettled))
  }
  return { store, answers }
}

function storeOf({ turns, ...faults }: World): InMemoryStore {
  const store = new InMemoryStore()
  const old = fundedAccount('OLD', 100n)
  store.put(fundedAccount('FRESH', 100n), trimmed(old))
  store.putInLedger(...old.journal)
  store.loading.meets(...faults.loading)
  store.finding.meets(...faults.finding)
  store.committing.meets(...faults.committing)
  store.appending.meets(...faults.appending)
  let calls = 0
  for (const operation of [store.loading, store.finding, store.committing, store.appending]) {
    operation.turns = () => turns[calls++ % turns.length] ?? 1
  }
  return store
}

/** Repeats the purchase until it is answered, as a payment switch does. */
async function insist({ authorize }: TestEngine, { account, id, amount }: Ask): Promise<Answer['verdict']> {
  for (;;) {
    try {
      return await authorize(account, purchase(id, amount), patience)
    } catch (error) {
      if (!isUnavailable(error)) throw error
    }
  }
}

/** The account is the sum of its entries, each of which is in its journal or in the ledger. */
function expectSound(store: InMemoryStore, id: string): void {
  const entries = store.history(id)
  const { version, wallets } = entries.length === 0 ? unopenedAccount(id) : store.account(id)
  expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, index) => BigInt(index + 1)))
  expect(entries.length).to.equal(Number(version))
  expect(new Set(entries.map(({ transactionId }) => transactionId)).size).to.equal(entries.length)
  expect(wallets.get('CASH') ?? 0n).to.equal(sumOf(entries))
  expect(entries.every((entry) => (movementOf(entry)?.balanceAfter ?? 0n) >= 0n)).to.equal(true)
  expect(entries).to.include.members(store.committed.filter(({ accountId }) => accountId === id))
}

/** Every caller with an id got the single entry of that id. */
function expectConsistent(history: readonly Entry[], answers: readonly Answer[]): void {
  const firsts = answers.filter(({ verdict }) => verdict.type === 'RECORD').map(({ id }) => id)
  expect(new Set(firsts).size, 'an id was recorded twice').to.equal(firsts.length)
  for (const { id, amount, verdict } of answers) {
    const entry = history.find(({ transactionId }) => transactionId === id)
    expect(verdict.type === 'REJECTED' ? undefined : verdict.entry).to.deep.equal(entry)
    const sameContent = entry?.kind === 'AUTHORIZATION' && entry.amount === amount
    expect(verdict.type === 'REUSED', 'reused means other content').to.equal(!sameContent)
  }
}

function sumOf(entries: readonly Entry[]): bigint {
  return entries.reduce((sum, entry) => sum + (movementOf(entry)?.delta ?? 0n), 0n)
}
