import type { Account } from '../domain/account.js'
import type { AccountId } from '../domain/account-status.js'
import { type Advice, decideAdvice } from '../domain/advice.js'
import type { Calendar } from '../domain/calendar.js'
import { type Capture, decideCapture } from '../domain/capture.js'
import type { Catalog } from '../domain/catalog.js'
import type {
  AdviceEntry,
  CaptureEntry,
  Entry,
  IncrementEntry,
  RefundEntry,
  TransactionId,
} from '../domain/entry.js'
import { decideIncrement, type Increment } from '../domain/increment.js'
import { decideRefund, type Refund } from '../domain/refund.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

/** What the card network sends after a purchase, or instead of one. Each is decided exactly once. */
export type CardRail = {
  readonly increment: Decide<Increment, IncrementEntry>
  readonly capture: Decide<Capture, CaptureEntry>
  readonly advise: Decide<Advice, AdviceEntry>
  readonly refund: Decide<Refund, RefundEntry>
}

type Decide<Request, E extends Entry> = (
  accountId: AccountId,
  request: Request,
  budget: Budget,
) => Promise<Verdict<E>>

export type CardRailOptions = {
  readonly engine: Executor
  /** Returns the catalog to decide by. Throws UndecidedError UNAVAILABLE while there is none. */
  readonly catalog: () => Catalog
  /** The calendar of the daily and monthly limits. */
  readonly calendar: Calendar
}

/** Increments, captures, advices and refunds with their engine. */
export function cardRail({ engine, catalog, calendar }: CardRailOptions): CardRail {
  return {
    increment: (accountId, increment, budget) =>
      engine.execute(
        {
          accountId,
          lane: 'PURCHASE',
          transactionIds: [increment.transactionId],
          decide: (history, at) => decideIncrement(history, increment, at, calendar),
        },
        budget,
      ),
    capture: (accountId, capture, budget) =>
      engine.execute(
        {
          accountId,
          lane: 'BOOKING',
          transactionIds: [capture.transactionId, capture.originalId],
          originalIds: (account, dueAt) =>
            isOpen(account, capture.originalId, dueAt) ? [] : [capture.originalId],
          decide: (history, at) => decideCapture(history, capture, catalog(), at, calendar),
        },
        budget,
      ),
    advise: (accountId, advice, budget) => {
      const purchaseId = advice.originalId ?? advice.transactionId
      return engine.execute(
        {
          accountId,
          lane: 'BOOKING',
          transactionIds: [advice.transactionId, purchaseId],
          originalIds: () => [purchaseId],
          decide: (history, at) => decideAdvice(history, advice, catalog(), at, calendar),
        },
        budget,
      )
    },
    refund: (accountId, refund, budget) => {
      const { transactionId, originalId } = refund
      const originals = originalId === undefined ? [] : [originalId]
      return engine.execute(
        {
          accountId,
          lane: refund.request ? 'PURCHASE' : 'BOOKING',
          transactionIds: [transactionId, ...originals],
          originalIds: () => originals,
          decide: (history, at) => decideRefund(history, refund, catalog(), at),
        },
        budget,
      )
    },
  }
}

function isOpen({ holds }: Account, id: TransactionId, dueAt: Date): boolean {
  return holds.some((hold) => hold.id === id && hold.expiresAt > dueAt)
}
