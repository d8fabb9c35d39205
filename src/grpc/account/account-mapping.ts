import type { ListedAccount } from '../../application/account-list.js'
import { type Account, balanceOf, heldOf, owedOf } from '../../domain/account.js'
import type { CategoryId } from '../../domain/category.js'
import { isLimited, type Limits } from '../../domain/limits.js'
import { type OpenHold, restOf } from '../../domain/open-hold.js'
import type { Spending } from '../../domain/spending.js'
import {
  type Account as AccountMessage,
  AccountStatus,
  type Limits as LimitsMessage,
  type OpenHold as OpenHoldMessage,
  type Spending as SpendingMessage,
} from '../../gen/benefits/v1/account.js'

/** Writes an account: a wallet for each category, in their order, then wallets of deleted categories. */
export function accountMessage(account: ListedAccount, categories: readonly CategoryId[]): AccountMessage {
  const { wallets: balances, held, owed } = account
  const wallets = new Set([...categories, ...balances.keys(), ...held.keys(), ...owed.keys()])
  return {
    id: account.id,
    status: statusMessage(account.status),
    wallets: Array.from(wallets, (category) => ({
      category,
      balance: balanceOf(account, category),
      spending: spendingMessage(account.spent.get(category)),
      held: heldOf(account, category),
      owed: owedOf(account, category),
    })),
    version: account.version,
    createTime: account.openedAt,
    updateTime: account.updatedAt,
    limits: isLimited(account.limits) ? limitsMessage(account.limits) : undefined,
    holds: account.holds.map(holdListed),
  }
}

function holdListed(hold: OpenHold): OpenHoldMessage {
  return {
    transactionId: hold.id,
    category: hold.wallet,
    authorizedAmount: hold.authorized,
    capturedAmount: hold.captured,
    releasedAmount: hold.released,
    restAmount: restOf(hold),
    expireTime: hold.expiresAt,
  }
}

/** The contract's value for a status. */
export function statusMessage(status: Account['status']): AccountStatus {
  return status === 'UNOPENED' ? AccountStatus.UNSPECIFIED : AccountStatus[status]
}

/** Writes limits. */
export function limitsMessage({ purchase: purchaseMax, wallets }: Limits): LimitsMessage {
  return {
    purchaseMax,
    wallets: Array.from(wallets, ([category, { day: dayMax, month: monthMax }]) => ({
      category,
      dayMax,
      monthMax,
    })),
  }
}

function spendingMessage(spending: Spending | undefined): SpendingMessage | undefined {
  return spending && { day: spending.day, dayAmount: spending.dayAmount, monthAmount: spending.monthAmount }
}
