import { randomUUID } from 'node:crypto'
import type { AccountChange } from '../../../src/application/account-store.js'
import { type Account, applyEntry, balanceOf, unopenedAccount } from '../../../src/domain/account.js'
import type { Entry } from '../../../src/domain/entry.js'
import type { Limits } from '../../../src/domain/limits.js'
import { centavos } from '../../../src/domain/money.js'

/** An unopened account with a new id. */
export function newAccount(): Account {
  return unopenedAccount(randomUUID())
}

/** Applies an entry to an account. */
export function changeOf(before: Account, entry: Entry): AccountChange {
  return { before, after: applyEntry(before, entry) }
}

/** The entry that opens an account. */
export function opening(account: Account): Entry {
  return { ...recorded(account), kind: 'ADMIN', action: 'OPEN', status: 'ACTIVE', subject: 'test' }
}

/** An entry that credits a wallet. */
export function credit(account: Account, wallet: string, amount: bigint): Entry {
  const balanceAfter = centavos(balanceOf(account, wallet) + amount)
  return { ...recorded(account), kind: 'CREDIT', movement: { wallet, delta: amount, balanceAfter } }
}

/** An approved purchase with every possible field. */
export function debit(account: Account, wallet: string, amount: bigint): Entry {
  const balanceAfter = centavos(balanceOf(account, wallet) - amount)
  return {
    ...recorded(account),
    kind: 'AUTHORIZATION',
    reason: 'APPROVED',
    amount: centavos(amount),
    mcc: '5999',
    effectiveMcc: '5411',
    merchant: 'PADARIA DO ZÉ               SAO PAULO BR',
    merchantRule: 'some-rule',
    movement: { wallet, delta: -amount, balanceAfter },
    day: '2026-11-23',
  }
}

/** An entry that sets all limits. */
export function limiting(account: Account, limits: Limits): Entry {
  return {
    ...recorded(account),
    kind: 'ADMIN',
    action: 'LIMITS',
    status: account.status,
    subject: 'test',
    limits,
  }
}

/** A declined purchase with only the required fields. */
export function decline(account: Account): Entry {
  return {
    ...recorded(account),
    kind: 'AUTHORIZATION',
    reason: 'INSUFFICIENT_BALANCE',
    amount: centavos(1n),
    mcc: '5999',
    effectiveMcc: '5999',
    merchant: '',
  }
}

function recorded(account: Account) {
  return {
    accountId: account.id,
    transactionId: randomUUID(),
    seq: account.version + 1n,
    at: new Date('2026-11-23T12:34:56.789Z'),
  }
}
