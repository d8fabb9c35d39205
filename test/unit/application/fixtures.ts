import type { Budget } from '../../../src/application/budget.js'
import { type Account, applyEntry, unopenedAccount } from '../../../src/domain/account.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { CreditEntry, Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'

const at = new Date(0)

/** The budget of a caller who waits as long as it takes. */
export const patience: Budget = { remainingMs: () => 60_000 }

/** An open account with this much in its free balance, and its whole history (two entries) in the journal. */
export function fundedAccount(id: string, balance = 1_000n): Account {
  const opened = applyEntry(unopenedAccount(id), {
    kind: 'ADMIN',
    action: 'OPEN',
    accountId: id,
    transactionId: 'open',
    seq: 1n,
    at,
    status: 'ACTIVE',
    subject: 'test',
  })
  return credited(opened, { transactionId: 'fund', amount: balance })
}

/** The account after a credit to its free balance. */
export function credited(
  account: Account,
  { transactionId, amount }: { readonly transactionId: string; readonly amount: bigint },
): Account {
  const balanceAfter = centavos((account.wallets.get('CASH') ?? 0n) + amount)
  const entry: CreditEntry = {
    kind: 'CREDIT',
    accountId: account.id,
    transactionId,
    seq: account.version + 1n,
    at,
    movement: { wallet: 'CASH', delta: amount, balanceAfter },
  }
  return applyEntry(account, entry)
}

/**
 * The account with its whole history of so many entries in the journal; the last ones are credits of one
 * centavo.
 */
export function accountWithJournal(id: string, length: number): Account {
  const first = fundedAccount(id)
  const journal: Entry[] = [...first.journal]
  for (let seq = 3; seq <= length; seq++) {
    journal.push({
      kind: 'CREDIT',
      accountId: id,
      transactionId: `fund-${seq}`,
      seq: BigInt(seq),
      at,
      movement: { wallet: 'CASH', delta: 1n, balanceAfter: centavos(998n + BigInt(seq)) },
    })
  }
  const balance = centavos(998n + BigInt(length))
  return { ...first, version: BigInt(length), wallets: new Map([['CASH', balance]]), journal }
}

/** The account with only its latest entry in the journal. */
export function trimmed(account: Account): Account {
  return { ...account, journal: account.journal.slice(-1) }
}

/** A purchase that only the free balance covers. */
export function purchase(transactionId: string, amount = 10n): Purchase {
  return { transactionId, amount: centavos(amount), mcc: '9999', merchant: 'PADARIA DO ZE' }
}
