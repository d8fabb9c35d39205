import { readSetOf } from '../../../src/application/authorize.js'
import { type Account, type AccountHistory, applyEntry } from '../../../src/domain/account.js'
import { type Advice, decideAdvice } from '../../../src/domain/advice.js'
import { type Capture, decideCapture } from '../../../src/domain/capture.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import { type Credit, decideCredit } from '../../../src/domain/credit.js'
import { decide, type Purchase } from '../../../src/domain/decide.js'
import type {
  AdviceEntry,
  AuthorizationEntry,
  CaptureEntry,
  CreditEntry,
  Entry,
  ExpiryEntry,
  IncrementEntry,
  RefundEntry,
  ReversalEntry,
  TransactionId,
} from '../../../src/domain/entry.js'
import { isFollowUp, movementOf } from '../../../src/domain/entry.js'
import { decideExpiry, dueHolds } from '../../../src/domain/expiry.js'
import { decideIncrement, type Increment } from '../../../src/domain/increment.js'
import { centavos } from '../../../src/domain/money.js'
import { type PurchaseSums, sumsOf } from '../../../src/domain/purchase-sums.js'
import { decideRefund, type Refund } from '../../../src/domain/refund.js'
import { decideReversal, type Reversal } from '../../../src/domain/reverse.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import type { Standing } from '../../support/card-rail/card-steps.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { accountWith, at, challengeCatalog, historyOf, padaria } from './builders.js'

/** The fields of a request that these tests leave out, with an amount as a plain number of centavos. */
type Asked<Request> = Partial<Omit<Request, 'amount'>> & { readonly amount?: bigint }

const DAY_MS = 86_400_000

/**
 * An account that decides one request after another, as the engine does: it expires due holds first,
 * looks up no more than the request needs, and applies each entry. By default the purchase is `tx-1`, of 1.00, in a grocery (FOOD, then CASH).
 */
export class CardAccount {
  #account: Account
  readonly #past: Entry[] = []
  readonly #catalog: Catalog
  #now = at
  #ids = 0

  constructor(
    wallets: Readonly<Record<string, bigint>>,
    { catalog = challengeCatalog, ...over }: Partial<Account> & { readonly catalog?: Catalog } = {},
  ) {
    this.#account = accountWith(wallets, over)
    this.#catalog = catalog
  }

  get account(): Account {
    return this.#account
  }

  get past(): readonly Entry[] {
    return this.#past
  }

  get now(): Date {
    return this.#now
  }

  /** Lets days pass. Negative: the clock goes back. */
  wait(days: number): this {
    this.#now = new Date(this.#now.getTime() + days * DAY_MS)
    return this
  }

  /** Changes the account without an entry, for example its status. */
  set(over: Partial<Account>): this {
    this.#account = { ...this.#account, ...over }
    return this
  }

  buy({ amount = 100n, ...over }: Asked<Purchase> = {}): AuthorizationEntry {
    const purchase = {
      transactionId: 'tx-1',
      mcc: '5411',
      merchant: padaria,
      amount: centavos(amount),
      ...over,
    }
    const { transactionIds, originalIds } = readSetOf(purchase)
    return this.#entryOf({ find: transactionIds, followUps: originalIds(this.#account) }, (history) =>
      decide(history, purchase, this.#catalog, this.#now, utcCalendar),
    )
  }

  hold(asked: Asked<Purchase> = {}): AuthorizationEntry {
    return this.buy({ hold: {}, ...asked })
  }

  increment({ amount = 100n, ...over }: Asked<Increment> = {}): IncrementEntry {
    const increment = { transactionId: this.#id(), originalId: 'tx-1', amount: centavos(amount), ...over }
    return this.#entryOf({ find: [increment.transactionId] }, (history) =>
      decideIncrement(history, increment, this.#now, utcCalendar),
    )
  }

  capture({ amount = 100n, ...over }: Asked<Capture> = {}): CaptureEntry {
    const capture = { ...this.#message(), originalId: 'tx-1', amount: centavos(amount), ...over }
    const { transactionId, originalId } = capture
    // An open hold says everything. A due one will have expired when the capture is decided.
    const isOpen = this.#account.holds.some((hold) => hold.id === originalId && hold.expiresAt > this.#now)
    const reads = isOpen ? { find: [transactionId] } : readsOf(transactionId, originalId)
    return this.#entryOf(reads, (history) =>
      decideCapture(history, capture, this.#catalog, this.#now, utcCalendar),
    )
  }

  /** Captures a part, with more to come. */
  captureSome(asked: Asked<Capture> = {}): CaptureEntry {
    return this.capture({ moreToCome: true, ...asked })
  }

  advise({ amount = 100n, ...over }: Asked<Advice> = {}): AdviceEntry {
    const advice = { ...this.#message(), amount: centavos(amount), ...over }
    const { transactionId, originalId = transactionId } = advice
    return this.#entryOf(readsOf(transactionId, originalId), (history) =>
      decideAdvice(history, advice, this.#catalog, this.#now, utcCalendar),
    )
  }

  /** Books a refund of `tx-1`. */
  refund({ amount = 100n, ...over }: Asked<Refund> = {}): RefundEntry {
    return this.refundAny({ originalId: 'tx-1', amount, ...over })
  }

  /** Books a refund, by default one that names no purchase. */
  refundAny({ amount = 100n, ...over }: Asked<Refund> = {}): RefundEntry {
    const refund = { ...this.#message(), amount: centavos(amount), ...over }
    const { transactionId, originalId } = refund
    const reads = originalId === undefined ? { find: [transactionId] } : readsOf(transactionId, originalId)
    return this.#entryOf(reads, (history) => decideRefund(history, refund, this.#catalog, this.#now))
  }

  /** Reverses `tx-1`; without an amount, all that is left of it. */
  reverse({ amount, ...over }: Asked<Reversal> = {}): ReversalEntry {
    const reversal = {
      transactionId: this.#id(),
      originalId: 'tx-1',
      described: {},
      ...(amount !== undefined && { amount: centavos(amount) }),
      ...over,
    }
    return this.#entryOf(readsOf(reversal.transactionId, reversal.originalId), (history) =>
      decideReversal(history, reversal, this.#now),
    )
  }

  credit({ amount = 100n, ...over }: Asked<Credit> = {}): CreditEntry {
    const credit = { transactionId: this.#id(), wallet: 'FOOD', amount: centavos(amount), ...over }
    return this.#entryOf({ find: [credit.transactionId] }, (history) =>
      decideCredit(history, credit, this.#catalog, this.#now),
    )
  }

  /** The verdict of the sweeper on the hold of this purchase. */
  expire(originalId: TransactionId = 'tx-1'): Verdict<ExpiryEntry, string> {
    return this.#decide((history) => decideExpiry(history, originalId, this.#now))
  }

  /** The history of the account so far. */
  history(): AccountHistory {
    return historyOf(this.#account, this.#past)
  }

  /** The sums of a purchase, from its entries alone. */
  sums(id: TransactionId = 'tx-1'): PurchaseSums {
    const original = this.#past.find(({ transactionId }) => transactionId === id)
    const followUps = this.#past.filter(isFollowUp).filter(({ originalId }) => originalId === id)
    return sumsOf(original, followUps)
  }

  /** The parts of a wallet, and what its latest day counts. */
  standing(wallet = 'FOOD'): Standing {
    const { wallets, held, owed, spent } = this.#account
    return {
      available: wallets.get(wallet) ?? 0n,
      held: held.get(wallet) ?? 0n,
      owed: owed.get(wallet) ?? 0n,
      counted: spent.get(wallet)?.dayAmount ?? 0n,
    }
  }

  /** Decides a request after the holds that are due, and applies its entry. It may read only these entries. */
  #entryOf<E extends Entry>(reads: Reads, decideOn: (history: AccountHistory) => Verdict<E, string>): E {
    for (const id of dueHolds(this.#account, this.#now)) this.expire(id)
    const verdict = this.#decide((history) => decideOn(limited(history, reads)))
    if (verdict.type === 'RECORD' || verdict.type === 'REPLAY') return verdict.entry
    throw new Error(`no answer: ${verdict.type}`)
  }

  #decide<E extends Entry>(decideOn: (history: AccountHistory) => Verdict<E, string>): Verdict<E, string> {
    const verdict = decideOn(this.history())
    if (verdict.type !== 'RECORD') return verdict
    this.#account = applyEntry(this.#account, verdict.entry)
    this.#past.push(verdict.entry)
    return verdict
  }

  #message() {
    return { transactionId: this.#id(), mcc: '5411', merchant: padaria }
  }

  #id(): TransactionId {
    this.#ids += 1
    return `step-${this.#ids}`
  }
}

/** The entries that a decision reads: by id, and by the purchase that they follow. */
type Reads = { readonly find: readonly TransactionId[]; readonly followUps?: readonly TransactionId[] }

function readsOf(transactionId: TransactionId, originalId: TransactionId): Reads {
  return { find: [transactionId, originalId], followUps: [originalId] }
}

/** The history as an engine has it that has looked up only these entries. */
function limited({ account, find, followUpsOf }: AccountHistory, reads: Reads): AccountHistory {
  return {
    account,
    find: (id) => {
      if (!reads.find.includes(id)) throw new Error(`${id} was not looked up`)
      return find(id)
    },
    followUpsOf: (id) => (reads.followUps?.includes(id) ? followUpsOf(id) : []),
  }
}

/** The reason of an entry, and how it changed its wallet: `CAPTURED FOOD 20 held -100 owed 0`. */
export function effectOf(entry: Entry): string {
  const reason = 'reason' in entry ? entry.reason : entry.kind
  const movement = movementOf(entry)
  if (!movement) return `${reason}, nothing moved`
  const { wallet, delta, heldDelta = 0n, owedDelta = 0n } = movement
  return `${reason} ${wallet} ${delta} held ${heldDelta} owed ${owedDelta}`
}
