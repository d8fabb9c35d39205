import type { Account } from '../../../src/domain/account.js'
import { AccountAudit } from '../../../src/domain/audit.js'
import { auditPurchases } from '../../../src/domain/audit-purchase.js'
import type { DiscrepancyKind } from '../../../src/domain/discrepancy.js'
import type { Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import { exampleBooks } from '../../support/database/example-books.js'

/** The account of the books. */
export const ID = 'account-1'
/** The example that every discrepancy is planted in. */
export const books = exampleBooks(ID)

/** Audits the books as `verify` does, and names the discrepancies. */
export function audit({ account, ledger }: Found): {
  kinds: readonly DiscrepancyKind[]
  details: readonly string[]
  accounts: readonly string[]
  unposted: readonly Entry[]
} {
  const auditing = new AccountAudit(ID, account)
  for (const entry of ledger) auditing.add(entry)
  const { discrepancies, unposted, followed } = auditing.finish()
  // The ledger's copy of an entry comes last, and counts.
  const entries = [...(account?.journal ?? []), ...ledger]
  const all = [...discrepancies, ...auditPurchases(ID, followed, entries)]
  return {
    kinds: all.map(({ kind }) => kind),
    details: all.map(({ detail }) => detail),
    accounts: all.map(({ accountId }) => accountId),
    unposted,
  }
}

export type Found = { readonly account: Account | undefined; readonly ledger: readonly Entry[] }

/** The example with another account. */
export const withAccount = (over: Partial<Account>): Found => ({
  ...books,
  account: { ...books.account, ...over },
})

/** The example with another ledger. */
export const withLedger = (change: (ledger: readonly Entry[]) => readonly Entry[]): Found => ({
  ...books,
  ledger: change(books.ledger),
})

/** The example with one entry of the ledger, or of the journal, changed. */
export const withEntry = (seq: bigint, change: (entry: Entry) => Entry) =>
  withLedger((ledger) => ledger.map((entry) => (entry.seq === seq ? change(entry) : entry)))
export const withJournalEntry = (seq: bigint, change: (entry: Entry) => Entry) =>
  withAccount({ journal: books.account.journal.map((entry) => (entry.seq === seq ? change(entry) : entry)) })

export const without = (...seqs: readonly bigint[]) =>
  withLedger((ledger) => ledger.filter(({ seq }) => !seqs.includes(seq)))

/** An entry with some fields changed, even to values that its type forbids. */
export const put =
  (over: object) =>
  (entry: Entry): Entry =>
    // Damaged data may hold an entry that our code could not create.
    ({ ...entry, ...over }) as Entry

/** The balances of the example, with changes; undefined removes a wallet. */
export function balances(over: Readonly<Record<string, bigint | undefined>>): Account['wallets'] {
  const all = Object.entries({ FOOD: 800n, CASH: 500n, MEAL: 50n, ...over })
  return new Map(
    all.flatMap(([name, value]) => (value === undefined ? [] : [[name, centavos(value)] as const])),
  )
}

/** The credit of 0.50 to MEAL, in another place. */
export function creditAt(seq: bigint): Entry {
  const credit = books.account.journal.at(-1)
  if (!credit) throw new Error('the example ends with a credit')
  return { ...credit, seq }
}
