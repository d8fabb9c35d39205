import fc from 'fast-check'
import type { DecisionRequest } from '../../../src/application/engine/pending-request.js'
import { type Account, applyEntry, unopenedAccount } from '../../../src/domain/account.js'
import { AccountAudit } from '../../../src/domain/audit.js'
import { auditPurchases } from '../../../src/domain/audit-purchase.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { type Entry, isFollowUp } from '../../../src/domain/entry.js'
import { decideExpiry, dueHolds } from '../../../src/domain/expiry.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { expectSame } from '../../support/model/as-text.js'
import type { Operation } from '../../support/model/model-operation.js'
import { opening, operation, step, stepOf } from '../../support/model/model-operations.js'
import { companyRule, FORBIDDEN_MCC, railsOf, rule } from '../../support/model/model-routes.js'
import { type Answered, accountText, perform, recordOf } from '../../support/model/model-service.js'
import { type Answer, FIRST_DAY, ReferenceModel } from '../../support/model/reference-model.js'
import { DayClock } from '../../support/processes/day-clock.js'

const catalog = catalogOf(
  challengeCategories.map((category) => ({ ...category, rails: railsOf[category.id] ?? [] })),
  [
    { ...rule, match: 'EXACT' },
    { ...companyRule, match: 'TAX_ID' },
  ],
  { neverPermittedAsReceived: mccSet([FORBIDDEN_MCC]) },
)

/** An operation, or a later step of one of the last purchases, after so many days. */
const deed = fc.record({
  days: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 1, 2, -1),
  asked: operation,
  step: fc.option(fc.record({ which: fc.nat({ max: 5 }), how: step }), { freq: 2, nil: undefined }),
  isRepeated: fc.boolean(),
})

type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

/** Accounts without a store: the use cases decide on them, and may read only what they have named. */
class BareAccounts {
  readonly clock = new DayClock(FIRST_DAY)
  readonly #accounts = new Map<string, Account>()
  readonly #past = new Map<string, Entry[]>()
  readonly #engine = {
    execute: async <E extends Entry, V extends Verdict<E, string>>(request: DecisionRequest<V>): Promise<V> =>
      this.#execute(request),
  }

  /** Decides as a process does whose engine has only this account. */
  async perform(asked: Operation): Promise<Answered> {
    // The operations use no other part of a process.
    const core = { engine: this.#engine, catalog: () => catalog, calendar: utcCalendar }
    return await perform(core as never, asked, 'run')
  }

  account(name: string): Account {
    return this.#accounts.get(`run-${name}`) ?? unopenedAccount(`run-${name}`)
  }

  past(name: string): readonly Entry[] {
    return this.#past.get(`run-${name}`) ?? []
  }

  #execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>): V {
    const { accountId, transactionIds, originalIds, decide } = request
    const at = this.clock.now()
    const past = this.#past.get(accountId) ?? []
    this.#past.set(accountId, past)
    let account = this.#accounts.get(accountId) ?? unopenedAccount(accountId)
    const record = (entry: Entry) => {
      account = { ...applyEntry(account, entry), journal: [entry] }
      past.push(entry)
    }
    const originals = originalIds?.(account, at) ?? []
    for (const id of dueHolds(account, at)) {
      const verdict = decideExpiry({ account, find: () => undefined, followUpsOf: () => [] }, id, at)
      if (verdict.type === 'RECORD') record(verdict.entry)
    }
    const verdict = decide(
      {
        account,
        find: (id) =>
          transactionIds.includes(id) ? past.find(({ transactionId }) => transactionId === id) : undefined,
        followUpsOf: (id) =>
          originals.includes(id) ? past.filter(isFollowUp).filter(({ originalId }) => originalId === id) : [],
      },
      at,
    )
    if (verdict.type === 'RECORD') record(verdict.entry)
    this.#accounts.set(accountId, account)
    return verdict
  }
}

/** An operation, or the step of one of the last purchases; undefined before the first purchase. */
function operationFrom(
  { asked, step: taken }: Pick<Deed, 'asked' | 'step'>,
  sent: readonly Operation[],
): Operation | undefined {
  if (!taken) return asked
  const purchases = sent.filter((one) => one.kind === 'buy').filter(({ id }) => id !== taken.how.id)
  const purchase = purchases.at(-1 - taken.which) ?? purchases.at(-1)
  return purchase && stepOf(purchase, taken.how)
}

/** A history on the use cases, and on the model. */
class Comparison {
  readonly #model = new ReferenceModel()
  readonly #real = new BareAccounts()
  readonly #sent: Operation[] = []

  async ask(asked: Operation): Promise<void> {
    const found = await this.#real.perform(asked)
    expectSame(withoutTime(found), this.#model.do(asked, this.#real.clock.today))
    this.#sent.push(asked)
  }

  async take({ days, isRepeated, ...one }: Deed): Promise<void> {
    this.#real.clock.daysPassed += days
    const asked = operationFrom(one, this.#sent)
    if (!asked) return
    await this.ask(asked)
    if (isRepeated) await this.ask(asked)
  }

  /** Compares everything that an account shows, and audits it. */
  compare(name: string): void {
    const account = this.#real.account(name)
    const past = this.#real.past(name)
    const isOpen = account.status !== 'UNOPENED'
    expectSame(isOpen ? accountText(account) : undefined, this.#model.balances(name))
    const statement = past.map((entry) => withoutAt(recordOf(entry)))
    expectSame(isOpen ? statement.reverse() : undefined, this.#model.statement(name))
    expectSame(discrepancies(account, past), [])
  }
}

describe('model: the use cases without an engine', () => {
  it('the reference model gives the same answers and books, and the audit finds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 60, size: 'max' }), async (deeds) => {
        const comparison = new Comparison()
        for (const asked of opening) await comparison.ask(asked)
        for (const one of deeds) await comparison.take(one)
        for (const name of ['A', 'B']) comparison.compare(name)
      }),
      { numRuns: 300 },
    )
  })
})

function withoutTime(answered: Answered): Answer {
  return 'record' in answered ? { was: answered.was, record: withoutAt(answered.record) } : answered
}

function withoutAt({ atMs: _, ...record }: ReturnType<typeof recordOf>) {
  return record
}

function discrepancies(account: Account, past: readonly Entry[]): readonly string[] {
  if (past.length === 0) return []
  const audit = new AccountAudit(account.id, account)
  for (const entry of past) audit.add(entry)
  const { discrepancies: found, followed } = audit.finish()
  return [...found, ...auditPurchases(account.id, followed, past)].map(
    ({ kind, detail }) => `${kind} ${detail}`,
  )
}
