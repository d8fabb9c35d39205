import type { ModelRecord, Most, Operation, Status } from './model-operation.js'
import { type ModelPurchase, sumOf } from './model-purchase.js'

/** One account of the reference model. */
export type Book = {
  status: Status | 'UNOPENED'
  most: Most | undefined
  /** Available balances. */
  readonly wallets: Map<string, bigint>
  readonly owed: Map<string, bigint>
  /** The latest day that counts spending, by wallet. */
  readonly latest: Map<string, string>
  /** Everything that the card network has said of a purchase, by its id. */
  readonly purchases: Map<string, ModelPurchase>
  readonly lines: { readonly asked: Operation | undefined; readonly record: ModelRecord }[]
}

/** An answer, and what it changes in the book. */
export type Outcome = { readonly record: ModelRecord; readonly change: () => unknown }

/** The largest balance. */
export const LARGEST = 2n ** 63n - 1n

const kinds = {
  open: 'ADMIN',
  status: 'ADMIN',
  limits: 'ADMIN',
  credit: 'CREDIT',
  buy: 'AUTHORIZATION',
  increment: 'INCREMENT',
  capture: 'CAPTURE',
  advise: 'ADVICE',
  refund: 'REFUND',
  reverse: 'REVERSAL',
  expire: 'EXPIRY',
} as const

const declines = new Set([
  'INSUFFICIENT_BALANCE',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_BLOCKED',
  'ACCOUNT_CLOSED',
  'CURRENCY_NOT_SUPPORTED',
  'MCC_NOT_PERMITTED',
  'RAIL_NOT_PERMITTED',
  'AMOUNT_OVER_LIMIT',
  'ALREADY_REVERSED',
  'ORIGINAL_DECLINED',
  'ORIGINAL_MISMATCH',
  'ORIGINAL_NOT_REVERSIBLE',
  'AMOUNT_OVER_REMAINDER',
  'HOLDS_FULL',
  'HOLD_NOT_OPEN',
  'ORIGINAL_NOT_CAPTURED',
  'BALANCE_TOO_LARGE',
])

/** What an answer says and moves; all amounts are 0 by default. */
export type Said = {
  readonly reason?: string
  readonly wallet?: string | undefined
  readonly delta?: bigint
  readonly held?: bigint
  readonly owed?: bigint
  readonly day?: string
  readonly rest: string
  /** Whether the answer has code 00 whatever the reason. */
  readonly isAdvice?: boolean
  readonly change?: () => unknown
}

/** Makes the next record of a book. */
export function made(
  book: Book,
  { id, kind }: { readonly id: string; readonly kind: keyof typeof kinds },
  said: Said,
): Outcome {
  const { reason = '', delta = 0n, held = 0n, owed = 0n, day = '', rest, isAdvice, change } = said
  const isMoved = delta !== 0n || held !== 0n || owed !== 0n
  const wallet = (isMoved && said.wallet) || ''
  const record = {
    id,
    seq: BigInt(book.lines.length + 1),
    kind: kinds[kind],
    decision: declines.has(reason) && !isAdvice ? 'DECLINED' : 'APPROVED',
    reason,
    wallet,
    delta,
    balance: isMoved ? availableIn(book, wallet) + delta : undefined,
    held: held === 0n ? '' : `${held} to ${heldIn(book, wallet) + held}`,
    owed: owed === 0n ? '' : `${owed} to ${owedIn(book, wallet) + owed}`,
    day,
    rest,
  } as const
  return {
    record,
    change: () => {
      if (isMoved) {
        book.wallets.set(wallet, availableIn(book, wallet) + delta)
        book.owed.set(wallet, owedIn(book, wallet) + owed)
      }
      change?.()
    },
  }
}

export function availableIn({ wallets }: Book, wallet: string): bigint {
  return wallets.get(wallet) ?? 0n
}

export function owedIn({ owed }: Book, wallet: string): bigint {
  return owed.get(wallet) ?? 0n
}

export function heldIn({ purchases }: Book, wallet: string): bigint {
  return sumOf([...purchases.values()].filter((one) => one.wallet === wallet).flatMap(({ held }) => held))
}

/** The spending of a wallet on its latest day, and in the month of that day. */
export type Spent = { readonly day: string; readonly dayAmount: bigint; readonly monthAmount: bigint }

/**
 * What a wallet counts on the latest day on which it paid, or today if that is later, and in the month of that
 * day.
 */
export function spentIn({ purchases, latest }: Book, wallet: string, today: string): Spent {
  const day = [today, latest.get(wallet) ?? ''].sort().at(-1) ?? today
  const lots = [...purchases.values()]
    .filter((one) => one.wallet === wallet)
    .flatMap(({ held, spent }) => [...held, ...spent])
  return {
    day,
    dayAmount: sumOf(lots.filter((lot) => lot.day === day)),
    monthAmount: sumOf(lots.filter((lot) => lot.day.slice(0, 7) === day.slice(0, 7))),
  }
}
