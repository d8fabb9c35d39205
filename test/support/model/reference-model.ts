import { textOf } from './as-text.js'
import {
  availableIn,
  type Book,
  heldIn,
  LARGEST,
  made,
  type Outcome,
  owedIn,
  type Spent,
  spentIn,
} from './model-book.js'
import {
  advised,
  captured,
  expiryIn,
  fitsLimits,
  givenBack,
  holdsText,
  incremented,
  purchaseIn,
  refunded,
} from './model-card-rail.js'
import type { ModelRecord, Most, Network, Of, Operation } from './model-operation.js'
import { least, leftOf, type ModelPurchase, restOf, spentLeftOf } from './model-purchase.js'
import { FORBIDDEN_MCC, mccOf, ruleFor, walletsFor } from './model-routes.js'

/**
 * The required behavior of the service, written a second time: from the rules in the .proto files, without
 * the service's code. An account is a list of records, and each answer is derived by searching it.
 */

export type Answer =
  | { readonly was: 'NEW' | 'REPEATED'; readonly record: ModelRecord }
  | { readonly was: 'REUSED' }
  | { readonly was: 'REJECTED'; readonly why: string }

export type Filter = {
  readonly kind?: ModelRecord['kind']
  readonly wallet?: string
  readonly decision?: ModelRecord['decision']
}

/** The default day of all operations: the month ends soon afterwards. */
export const FIRST_DAY = '2026-11-28'

export class ReferenceModel {
  readonly #books = new Map<string, Book>()

  /** Answers, and records the decision. Due holds expire first. */
  do(asked: Operation, today = FIRST_DAY): Answer {
    const book = this.#book(asked.account)
    for (let due = expiryIn(book, today); due; due = expiryIn(book, today)) {
      due.change()
      book.lines.push({ asked: undefined, record: due.record })
    }
    const answer = this.#decide(asked, today)
    if (!('change' in answer)) return answer
    answer.change()
    book.lines.push({ asked, record: answer.record })
    return { was: 'NEW', record: answer.record }
  }

  /** The answer that an operation would get now, if no hold is due. */
  answer(asked: Operation, today = FIRST_DAY): Answer {
    const answer = this.#decide(asked, today)
    return 'change' in answer ? { was: 'NEW', record: answer.record } : answer
  }

  #decide(asked: Operation, today: string): Outcome | Exclude<Answer, { was: 'NEW' }> {
    const book = this.#book(asked.account)
    const earlier = book.lines.find(({ record }) => record.id === asked.id)
    if (earlier?.asked && contentOf(earlier.asked) === contentOf(asked))
      return { was: 'REPEATED', record: earlier.record }
    if (earlier) return { was: 'REUSED' }
    switch (asked.kind) {
      case 'open':
        if (book.status !== 'UNOPENED') return rejected('ALREADY_OPENED')
        return made(book, asked, { rest: 'ACTIVE', change: () => Object.assign(book, { status: 'ACTIVE' }) })
      case 'status':
        return changed(book, asked)
      case 'limits':
        return limited(book, asked)
      case 'credit':
        return credited(book, asked)
      case 'buy':
        return bought(book, asked, today)
      case 'increment':
        return incremented(book, asked, today)
      case 'capture':
        return captured(book, asked, today)
      case 'advise':
        return advised(book, asked, today)
      case 'refund':
        return refunded(book, asked)
      case 'reverse':
        return reversed(book, asked)
    }
  }

  /** The history, newest first; undefined for an unopened account. */
  statement(account: string, filter: Filter = {}): readonly ModelRecord[] | undefined {
    const book = this.#book(account)
    if (book.status === 'UNOPENED') return undefined
    const fits = (record: ModelRecord) =>
      (filter.kind ?? record.kind) === record.kind &&
      (filter.wallet ?? record.wallet) === record.wallet &&
      (filter.decision ?? record.decision) === record.decision
    return book.lines
      .map(({ record }) => record)
      .filter(fits)
      .reverse()
  }

  /** Number of entries. */
  length(account: string): number {
    return this.#book(account).lines.length
  }

  /** Status, amounts that are not zero, open holds, and spending; undefined for an unopened account. */
  balances(account: string): string | undefined {
    const book = this.#book(account)
    const { status, wallets, owed, latest, purchases, lines } = book
    if (status === 'UNOPENED') return undefined
    const held = new Map([...purchases.values()].map(({ wallet }) => [wallet, heldIn(book, wallet)]))
    const spent = new Map([...latest.keys()].map((wallet) => [wallet, spentIn(book, wallet, '')]))
    const holds = holdsText(book)
    return balancesText({ status, wallets, held, owed, holds, version: BigInt(lines.length), spent })
  }

  #book(account: string): Book {
    const book = this.#books.get(account) ?? {
      status: 'UNOPENED',
      most: undefined,
      wallets: new Map(),
      owed: new Map(),
      latest: new Map(),
      purchases: new Map(),
      lines: [],
    }
    this.#books.set(account, book)
    return book
  }
}

/** An account in one line. */
export function balancesText(account: {
  readonly status: string
  readonly version: bigint
  readonly wallets: ReadonlyMap<string, bigint>
  readonly held: ReadonlyMap<string, bigint>
  readonly owed: ReadonlyMap<string, bigint>
  readonly holds: readonly string[]
  readonly spent: ReadonlyMap<string, Spent>
}): string {
  const { status, version, wallets, held, owed, holds, spent } = account
  const amounts = { '': wallets, ' held': held, ' owed': owed }
  const texts = [
    ...Object.entries(amounts).flatMap(([what, parts]) =>
      [...parts].filter(([, amount]) => amount > 0n).map(([wallet, amount]) => `${wallet}${what} ${amount}`),
    ),
    ...Array.from(spent, ([wallet, { day, dayAmount, monthAmount }]) => {
      return `${wallet} spent ${dayAmount} on ${day} and ${monthAmount} in that month`
    }),
    ...holds,
  ]
  return [status, version, ...texts.sort()].join(', ')
}

type Decided = Outcome | Extract<Answer, { was: 'REJECTED' }>

function changed(book: Book, asked: Of<'status'>): Decided {
  const { status } = asked
  if (book.status === 'UNOPENED') return rejected('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED' && status !== 'CLOSED') return rejected('ACCOUNT_CLOSED')
  return made(book, asked, { rest: status, change: () => Object.assign(book, { status }) })
}

function limited(book: Book, asked: Of<'limits'>): Decided {
  const { most } = asked
  if (book.status === 'UNOPENED') return rejected('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED') return rejected('ACCOUNT_CLOSED')
  const rest = `${book.status}, ${mostText(most)}`
  return made(book, asked, { rest, change: () => Object.assign(book, { most }) })
}

/** Limits in one line, without unlimited wallets. */
export function mostText(most: Most | undefined): string {
  const { purchase, wallet, day, month } = most ?? {}
  const ofWallet = day === undefined && month === undefined ? '' : ` ${wallet} ${day} ${month}`
  return `most ${purchase}${ofWallet}`
}

function credited(book: Book, asked: Of<'credit'>): Decided {
  const { wallet, amount, paysOwed } = asked
  if (book.status === 'UNOPENED') return rejected('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED') return rejected('ACCOUNT_CLOSED')
  const pays = paysOwed ? least(amount, owedIn(book, wallet)) : 0n
  const delta = amount - pays
  if (availableIn(book, wallet) + heldIn(book, wallet) + delta > LARGEST) return rejected('BALANCE_TOO_LARGE')
  const rest = `${amount}${paysOwed ? ', pays owed' : ''}`
  return made(book, asked, { wallet, delta, owed: -pays, rest })
}

function bought(book: Book, asked: Of<'buy'>, today: string): Outcome {
  const purchase = purchaseIn(book, asked.id)
  const rest = boughtText(asked)
  const isPurchase = asked.amount > 0n
  const ends = (reason: string, answer: 'APPROVED' | 'DECLINED' = 'DECLINED') =>
    made(book, asked, { reason, rest, change: () => void (isPurchase && answered(book, asked.id, answer)) })
  const left = leftOf(purchase, asked.amount)
  if (book.status === 'UNOPENED') return ends('ACCOUNT_NOT_FOUND')
  if (left === 'CAPTURED') return ends('ALREADY_CAPTURED', 'APPROVED')
  if (book.status !== 'ACTIVE') return ends(`ACCOUNT_${book.status}`)
  if (!['BRL', '986'].includes(asked.network?.currency ?? 'BRL')) return ends('CURRENCY_NOT_SUPPORTED')
  if (left === 'REVERSED') return ends('ALREADY_REVERSED')
  if (asked.mcc === FORBIDDEN_MCC) return ends('MCC_NOT_PERMITTED')
  const { open, isRailWrong } = walletsFor(asked)
  if (isRailWrong) return ends('RAIL_NOT_PERMITTED')
  if (!isPurchase) return verified(book, asked, { wallet: open[0], rest })
  const { most } = book
  if (most?.purchase !== undefined && left > most.purchase) return ends('AMOUNT_OVER_LIMIT')
  const mine = open.filter((wallet) => purchase.wallet === '' || wallet === purchase.wallet)
  const able = mine.filter((wallet) => availableIn(book, wallet) >= left)
  if (able.length === 0) return ends('INSUFFICIENT_BALANCE')
  const payer = able.find((wallet) => fitsLimits(book, wallet, left, today))
  if (payer === undefined) return ends('AMOUNT_OVER_LIMIT')
  return paid(book, asked, { wallet: payer, amount: left, today, rest })
}

function boughtText(asked: Of<'buy'>): string {
  const { amount, mcc, merchant, fallback, network, hold } = asked
  const held = hold === undefined ? '' : `, hold ${hold}`
  return `${amount} ${mcc}>${mccOf(asked)} "${merchant}" ${ruleFor(asked)?.id ?? ''} ${fallback}${networkText(network)}${held}`
}

function answered(book: Book, id: string, answer: 'APPROVED' | 'DECLINED'): void {
  const purchase = purchaseIn(book, id)
  purchase.answer = answer
  book.purchases.set(id, purchase)
}

/** Holds the amount, or pays it at once. */
function paid(
  book: Book,
  asked: Of<'buy'>,
  how: { readonly wallet: string; readonly amount: bigint; readonly today: string; readonly rest: string },
): Outcome {
  const { wallet, amount, today, rest } = how
  const { day } = spentIn(book, wallet, today)
  const purchase = purchaseIn(book, asked.id)
  const isHeld = asked.hold !== undefined
  const until = asked.hold === undefined ? '' : dayAfter(today, asked.hold === 'DEFAULT' ? 7 : asked.hold)
  const place = BigInt(book.lines.length)
  return made(book, asked, {
    ...{ reason: 'APPROVED', wallet, delta: -amount, held: isHeld ? amount : 0n, day },
    rest: isHeld ? `${rest}, held until ${until}` : rest,
    change: () => {
      Object.assign(purchase, { wallet, until, place, authorized: isHeld ? amount : 0n })
      const lot = { day, amount }
      if (isHeld) purchase.held = [lot]
      else purchase.spent = [...purchase.spent, lot]
      if (!isHeld) purchase.everSpent += amount
      if (!isHeld) purchase.atOnce += amount
      book.purchases.set(asked.id, purchase)
      answered(book, asked.id, 'APPROVED')
      book.latest.set(wallet, day)
    },
  })
}

/** The day so many days later. */
function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The outcome of a verification: names the wallet that would pay, and moves nothing. */
function verified(
  book: Book,
  asked: Of<'buy'>,
  { wallet, rest }: { readonly wallet: string | undefined; readonly rest: string },
): Outcome {
  if (wallet === undefined) return made(book, asked, { reason: 'INSUFFICIENT_BALANCE', rest })
  return made(book, asked, { reason: 'VERIFIED', rest: `${rest}, ${wallet} would pay` })
}

/** What the network sent, in words; empty when it sent nothing. */
export function networkText(network: Network | undefined): string {
  if (network === undefined) return ''
  const { rail, terminalId, merchantTaxId, rrn, currency } = network
  return ` over ${rail} by terminal ${terminalId} of ${merchantTaxId}, rrn ${rrn}, in ${currency}`
}

function reversed(book: Book, asked: Of<'reverse'>): Outcome {
  const { original: id, amount, isAdvice } = asked
  const purchase = purchaseIn(book, id)
  const rest = reversedText(asked)
  const ends = (reason: string) => made(book, asked, { reason, rest, isAdvice })
  const original = book.lines.find(({ record }) => record.id === id)?.asked
  const left = restOf(purchase) + spentLeftOf(purchase)
  if (!original) return reversedEarly(book, asked, { left })
  if (!isReversible(original)) return ends('ORIGINAL_NOT_REVERSIBLE')
  if (!isAsSaid(original, asked)) return ends('ORIGINAL_MISMATCH')
  const notes = () => {
    takeOff(purchase, asked)
    book.purchases.set(id, purchase)
  }
  const isDeclined = purchase.answer === 'DECLINED'
  const change = () => isAdvice && notes()
  if (isDeclined && purchase.everSpent === 0n)
    return made(book, asked, { reason: 'ORIGINAL_DECLINED', rest, isAdvice, change })
  if (left === 0n) return made(book, asked, { reason: 'ALREADY_REVERSED', rest, isAdvice, change })
  const wanted = isDeclined && isAdvice ? least(amount ?? left, left) : (amount ?? left)
  if (wanted > left) return ends('AMOUNT_OVER_REMAINDER')
  const back = givenBack(book, purchase, wanted)
  if (back === 'TOO_LARGE') return ends('BALANCE_TOO_LARGE')
  const giveBack = () => {
    notes()
    back.change?.()
  }
  return made(book, asked, { reason: 'APPROVED', ...back, rest, isAdvice, change: giveBack })
}

function isAsSaid({ amount, mcc, merchant }: Of<'buy'> | Of<'advise'>, { said }: Of<'reverse'>): boolean {
  const { amount: saidAmount = amount, mcc: saidMcc = mcc, merchant: saidMerchant = merchant } = said
  return saidAmount === amount && saidMcc === mcc && saidMerchant === merchant
}

/** A reversal before its purchase takes its amount off it, and gives back what captures had booked. */
function reversedEarly(book: Book, asked: Of<'reverse'>, { left }: { readonly left: bigint }): Outcome {
  const { original: id, amount = left, isAdvice } = asked
  const purchase = purchaseIn(book, id)
  const rest = reversedText(asked)
  if (left === 0n && purchase.isWholeEarly)
    return made(book, asked, { reason: 'ALREADY_REVERSED', rest, isAdvice })
  const booked = least(amount, left)
  const back = booked > 0n ? givenBack(book, purchase, booked) : {}
  if (back === 'TOO_LARGE') return made(book, asked, { reason: 'BALANCE_TOO_LARGE', rest, isAdvice })
  const change = () => {
    book.purchases.set(id, purchase)
    takeOff(purchase, asked)
    back.change?.()
  }
  return made(book, asked, { reason: 'REVERSED_BEFORE_PURCHASE', ...back, rest, isAdvice, change })
}

/** Takes the amount of a reversal off what is booked later of a purchase that is not approved. */
function takeOff(purchase: ModelPurchase, { amount, said }: Of<'reverse'>): void {
  if (amount === undefined || amount === said.amount) purchase.isWholeEarly = true
  else purchase.early += amount
}

function reversedText({ original, amount, said, isAdvice }: Of<'reverse'>): string {
  const what = `${amount ?? 'all'} of ${original}: ${said.amount} ${said.mcc} ${said.merchant}`
  return isAdvice ? `${what}, advice` : what
}

/** Whether the operation is a purchase, and no verification. */
function isReversible(asked: Operation): asked is Of<'buy'> | Of<'advise'> {
  return asked.kind === 'buy' ? asked.amount > 0n : asked.kind === 'advise' && asked.original === undefined
}

function rejected(why: string): Extract<Answer, { was: 'REJECTED' }> {
  return { was: 'REJECTED', why }
}

/** All fields by which two messages with one id are compared. */
function contentOf({ account: _account, id: _id, ...content }: Operation): string {
  return textOf(content)
}
