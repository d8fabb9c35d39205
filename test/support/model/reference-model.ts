/**
 * The required behavior of the service, written a second time: from the rules in the .proto files, without
 * the service's code. An account is a list of records, and each answer is derived by searching it.
 */

export type Status = 'ACTIVE' | 'BLOCKED' | 'CLOSED'

type Rail = 'VOUCHER' | 'CREDIT' | 'DEBIT'

/** An operation on an account, under an id. */
export type Operation = { readonly account: string; readonly id: string } & (
  | { readonly kind: 'open' }
  | { readonly kind: 'status'; readonly status: Status }
  /** All limits from then on. */
  | { readonly kind: 'limits'; readonly most: Most }
  | { readonly kind: 'credit'; readonly wallet: string; readonly amount: bigint }
  | {
      readonly kind: 'buy'
      /** 0 for a verification. */
      readonly amount: bigint
      readonly mcc: string
      readonly merchant: string
      /** Whether CASH may pay. */
      readonly fallback: boolean
      /** What the card network sent: some texts by name; undefined when it sent nothing. */
      readonly network: Network | undefined
    }
  | {
      readonly kind: 'reverse'
      readonly original: string
      readonly amount: bigint | undefined
      readonly said: Said
    }
)

/** What a card network sends, as far as the model needs it. */
export type Network = {
  readonly rail?: Rail
  readonly rrn?: string
  readonly terminalId?: string
  readonly merchantTaxId?: string
  readonly currency?: string
}

/**
 * Spending maximums: of one purchase, and of one wallet in a day and in a month. An absent one means no
 * limit.
 */
export type Most = {
  readonly purchase?: bigint
  readonly wallet: string
  readonly day?: bigint
  readonly month?: bigint
}

/** A purchase as the caller describes it. */
export type Said = { readonly amount?: bigint; readonly mcc?: string; readonly merchant?: string }

/** One line of a statement. */
export type ModelRecord = {
  readonly id: string
  readonly seq: bigint
  readonly kind: 'AUTHORIZATION' | 'REVERSAL' | 'CREDIT' | 'ADMIN'
  readonly decision: 'APPROVED' | 'DECLINED'
  /** Empty for credits and administrative changes. */
  readonly reason: string
  /** Empty when no balance changed. */
  readonly wallet: string
  readonly delta: bigint
  readonly balance: bigint | undefined
  /** The day for which the movement counts as spending; empty when it does not count. */
  readonly day: string
  /** All other fields of the operation, and its outcome. */
  readonly rest: string
}

export type Answer =
  | { readonly was: 'NEW' | 'REPEATED'; readonly record: ModelRecord }
  | { readonly was: 'REUSED' }
  | { readonly was: 'REJECTED'; readonly why: string }

export type Filter = {
  readonly kind?: ModelRecord['kind']
  readonly wallet?: string
  readonly decision?: ModelRecord['decision']
}

type Book = {
  status: Status | 'UNOPENED'
  most: Most | undefined
  readonly wallets: Map<string, bigint>
  readonly lines: { readonly asked: Operation; readonly record: ModelRecord }[]
}

const LARGEST = 2n ** 63n - 1n
/** The default day of all operations: the month ends soon afterwards. */
export const FIRST_DAY = '2026-11-28'
const byMcc: Readonly<Record<string, readonly string[]>> = {
  '5411': ['FOOD'],
  '5412': ['FOOD'],
  '5811': ['MEAL'],
  '5812': ['MEAL'],
}
/** The rails of the wallets that have any. */
export const railsOf: Readonly<Record<string, readonly Rail[]>> = {
  FOOD: ['VOUCHER', 'DEBIT'],
  CASH: ['CREDIT', 'DEBIT'],
}
/** The one MCC that is never permitted as received. */
export const FORBIDDEN_MCC = '7995'
/** The rule for a name. */
export const rule = { id: 'uber-trip', name: 'UBER TRIP', mcc: '5411' }
/** The rule for a tax id, which comes before the one for a name. */
export const companyRule = { id: 'company', merchantTaxId: '12ABC34501DE35', mcc: '5811' }

export class ReferenceModel {
  readonly #books = new Map<string, Book>()

  /** Answers, and records the decision. */
  do(asked: Operation, today = FIRST_DAY): Answer {
    const answer = this.answer(asked, today)
    if (answer.was !== 'NEW') return answer
    const book = this.#book(asked.account)
    book.lines.push({ asked, record: answer.record })
    if (answer.record.balance !== undefined) book.wallets.set(answer.record.wallet, answer.record.balance)
    if (asked.kind === 'open') book.status = 'ACTIVE'
    if (asked.kind === 'status') book.status = asked.status
    if (asked.kind === 'limits') book.most = asked.most
    return answer
  }

  /** The answer that an operation would get now. */
  answer(asked: Operation, today = FIRST_DAY): Answer {
    const book = this.#book(asked.account)
    const earlier = book.lines.find(({ record }) => record.id === asked.id)
    if (earlier && contentOf(earlier.asked) === contentOf(asked))
      return { was: 'REPEATED', record: earlier.record }
    if (earlier) return { was: 'REUSED' }
    switch (asked.kind) {
      case 'open':
        return book.status === 'UNOPENED' ? made(book, asked, { rest: 'ACTIVE' }) : rejected('ALREADY_OPENED')
      case 'status':
        return changed(book, asked)
      case 'limits':
        return limited(book, asked)
      case 'credit':
        return credited(book, asked)
      case 'buy':
        return bought(book, asked, today)
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

  /** Status, balances that are not zero, and spending; undefined for an unopened account. */
  balances(account: string): string | undefined {
    const book = this.#book(account)
    const { status, wallets, lines } = book
    if (status === 'UNOPENED') return undefined
    const paid = new Set(lines.flatMap(({ asked, record }) => (asked.kind === 'buy' && record.wallet) || []))
    const spent = new Map([...paid].map((wallet) => [wallet, spentBy(book, wallet, '')]))
    return balancesText({ status, wallets, version: BigInt(lines.length), spent })
  }

  #book(account: string): Book {
    const book = this.#books.get(account) ?? {
      status: 'UNOPENED',
      most: undefined,
      wallets: new Map(),
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
  readonly spent: ReadonlyMap<string, Spent>
}): string {
  const held = [...account.wallets].filter(([, balance]) => balance > 0n)
  const texts = [
    ...held.map(([wallet, balance]) => `${wallet} ${balance}`),
    ...Array.from(account.spent, ([wallet, { day, dayAmount, monthAmount }]) => {
      return `${wallet} spent ${dayAmount} on ${day} and ${monthAmount} in that month`
    }),
  ]
  return [account.status, account.version, ...texts.sort()].join(', ')
}

/** The spending of a wallet on its latest day, and in the month of that day. */
type Spent = { readonly day: string; readonly dayAmount: bigint; readonly monthAmount: bigint }

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>

function changed(book: Book, asked: Of<'status'>): Answer {
  if (book.status === 'UNOPENED') return rejected('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED' && asked.status !== 'CLOSED') return rejected('ACCOUNT_CLOSED')
  return made(book, asked, { rest: asked.status })
}

function limited(book: Book, asked: Of<'limits'>): Answer {
  if (book.status === 'UNOPENED') return rejected('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED') return rejected('ACCOUNT_CLOSED')
  return made(book, asked, { rest: `${book.status}, ${mostText(asked.most)}` })
}

/** Limits in one line, without unlimited wallets. */
export function mostText(most: Most | undefined): string {
  const { purchase, wallet, day, month } = most ?? {}
  const ofWallet = day === undefined && month === undefined ? '' : ` ${wallet} ${day} ${month}`
  return `most ${purchase}${ofWallet}`
}

/**
 * Spending on the latest day on which the wallet paid, or today if that is later, and in the month of that
 * day.
 */
function spentBy(book: Book, wallet: string, today: string): Spent {
  const paid = book.lines.flatMap(({ asked, record }) =>
    asked.kind === 'buy' && record.wallet === wallet ? [record] : [],
  )
  const day = [today, ...paid.map((record) => record.day)].sort().at(-1) ?? today
  const sum = (records: readonly ModelRecord[]) =>
    records.reduce((all, { id, delta }) => {
      const back = reversalsOf(book, id).reduce((given, one) => given + one.delta, 0n)
      return all - delta - back
    }, 0n)
  return {
    day,
    dayAmount: sum(paid.filter((record) => record.day === day)),
    monthAmount: sum(paid.filter((record) => record.day.slice(0, 7) === day.slice(0, 7))),
  }
}

function credited(book: Book, asked: Of<'credit'>): Answer {
  if (book.status === 'UNOPENED') return rejected('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED') return rejected('ACCOUNT_CLOSED')
  if (held(book, asked.wallet) + asked.amount > LARGEST) return rejected('BALANCE_TOO_LARGE')
  return made(book, asked, { wallet: asked.wallet, delta: asked.amount, rest: `${asked.amount}` })
}

function bought(book: Book, asked: Of<'buy'>, today: string): Answer {
  const ruled = ruleFor(asked)
  const mcc = ruled?.mcc ?? asked.mcc
  const rest = `${asked.amount} ${asked.mcc}>${mcc} "${asked.merchant}" ${ruled?.id ?? ''} ${asked.fallback}${networkText(asked.network)}`
  const declined = (reason: string) => made(book, asked, { reason, rest })
  if (book.status === 'UNOPENED') return declined('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED') return declined('ACCOUNT_CLOSED')
  if (book.status === 'BLOCKED') return declined('ACCOUNT_BLOCKED')
  if (!['BRL', '986'].includes(asked.network?.currency ?? 'BRL')) return declined('CURRENCY_NOT_SUPPORTED')
  const due = dueOf(book, asked)
  if (isGivenBack(book, asked, due)) return declined('ALREADY_REVERSED')
  if (asked.mcc === FORBIDDEN_MCC) return declined('MCC_NOT_PERMITTED')
  const { open, isRailWrong } = walletsFor(mcc, asked)
  if (isRailWrong) return declined('RAIL_NOT_PERMITTED')
  if (asked.amount === 0n) return verified(book, asked, { wallet: open[0], rest })
  const { most } = book
  if (most?.purchase !== undefined && due > most.purchase) return declined('AMOUNT_OVER_LIMIT')
  const able = open.filter((wallet) => held(book, wallet) >= due)
  if (able.length === 0) return declined('INSUFFICIENT_BALANCE')
  const payer = able.find((wallet) => {
    const { dayAmount, monthAmount } = spentBy(book, wallet, today)
    const { day = LARGEST, month = LARGEST } = most?.wallet === wallet ? most : {}
    return dayAmount + due <= day && monthAmount + due <= month
  })
  if (payer === undefined) return declined('AMOUNT_OVER_LIMIT')
  const { day } = spentBy(book, payer, today)
  return made(book, asked, { reason: 'APPROVED', wallet: payer, delta: -due, day, rest })
}

/** The outcome of a verification: names the wallet that would pay, and moves nothing. */
function verified(
  book: Book,
  asked: Of<'buy'>,
  { wallet, rest }: { readonly wallet: string | undefined; readonly rest: string },
): Answer {
  if (wallet === undefined) return made(book, asked, { reason: 'INSUFFICIENT_BALANCE', rest })
  return made(book, asked, { reason: 'VERIFIED', rest: `${rest}, ${wallet} would pay` })
}

/** The merchant rule that replaces the MCC, if there is one. */
function ruleFor({ merchant, network }: Of<'buy'>) {
  if (network?.merchantTaxId === companyRule.merchantTaxId) return companyRule
  return merchant === rule.name ? rule : undefined
}

/** The wallets that may pay, and whether the rail alone leaves none. */
function walletsFor(mcc: string, { network, fallback }: Of<'buy'>) {
  const wallets = [...(byMcc[mcc] ?? []), 'CASH']
  const onRail = wallets.filter((wallet) => isOnRail(wallet, network?.rail))
  const open = onRail.filter((wallet) => fallback || wallet !== 'CASH')
  return { open, isRailWrong: open.length === 0 && onRail.length < wallets.length }
}

/** Whether a wallet pays for a purchase over the rail. Without a rail, every wallet does. */
function isOnRail(wallet: string, rail: Rail | undefined): boolean {
  return rail === undefined || (railsOf[wallet] ?? [rail]).includes(rail)
}

/** What the network sent, in words; empty when it sent nothing. */
export function networkText(network: Network | undefined): string {
  if (network === undefined) return ''
  const { rail, terminalId, merchantTaxId, rrn, currency } = network
  return ` over ${rail} by terminal ${terminalId} of ${merchantTaxId}, rrn ${rrn}, in ${currency}`
}

/**
 * The amount of a purchase to pay: nothing after an early full reversal, otherwise less by the early partial
 * reversals.
 */
function dueOf(book: Book, { id, amount }: Of<'buy'>): bigint {
  const early = earlyOf(book, id)
  if (early.some(isWhole)) return 0n
  return early.reduce((due, one) => due - (one.amount ?? 0n), amount)
}

/** Whether early reversals leave nothing of a purchase. Any one does so for a verification. */
function isGivenBack(book: Book, { id, amount }: Of<'buy'>, due: bigint): boolean {
  return amount === 0n ? earlyOf(book, id).length > 0 : due <= 0n
}

/** The early reversals of a purchase. */
function earlyOf(book: Book, original: string): readonly Of<'reverse'>[] {
  return book.lines.flatMap(({ asked, record }) =>
    asked.kind === 'reverse' && asked.original === original && record.reason === 'REVERSED_BEFORE_PURCHASE'
      ? [asked]
      : [],
  )
}

function isWhole({ amount, said }: Of<'reverse'>): boolean {
  return amount === undefined || amount === said.amount
}

function reversed(book: Book, asked: Of<'reverse'>): Answer {
  const { amount: saidAmount, mcc: saidMcc, merchant: saidMerchant } = asked.said
  const rest = `${asked.amount ?? 'all'} of ${asked.original}: ${saidAmount} ${saidMcc} ${saidMerchant}`
  const ends = (reason: string) => made(book, asked, { reason, rest })
  const original = book.lines.find(({ record }) => record.id === asked.original)
  const before = reversalsOf(book, asked.original)
  if (!original)
    return ends(earlyOf(book, asked.original).some(isWhole) ? 'ALREADY_REVERSED' : 'REVERSED_BEFORE_PURCHASE')
  const { asked: purchase, record } = original
  if (!isReversible(purchase)) return ends('ORIGINAL_NOT_REVERSIBLE')
  const isAsSaid =
    (saidAmount ?? purchase.amount) === purchase.amount &&
    (saidMcc ?? purchase.mcc) === purchase.mcc &&
    (saidMerchant ?? purchase.merchant) === purchase.merchant
  if (!isAsSaid) return ends('ORIGINAL_MISMATCH')
  if (record.decision === 'DECLINED') return ends('ORIGINAL_DECLINED')
  const left = -record.delta - before.reduce((sum, one) => sum + one.delta, 0n)
  if (left === 0n) return ends('ALREADY_REVERSED')
  const delta = asked.amount ?? left
  if (delta > left) return ends('AMOUNT_OVER_REMAINDER')
  if (held(book, record.wallet) + delta > LARGEST) return ends('BALANCE_TOO_LARGE')
  return made(book, asked, { reason: 'APPROVED', wallet: record.wallet, delta, day: record.day, rest })
}

/** Whether the operation is a purchase, and no verification. */
function isReversible(asked: Operation): asked is Of<'buy'> {
  return asked.kind === 'buy' && asked.amount > 0n
}

const kinds = {
  open: 'ADMIN',
  status: 'ADMIN',
  limits: 'ADMIN',
  credit: 'CREDIT',
  buy: 'AUTHORIZATION',
  reverse: 'REVERSAL',
} as const

function made(
  book: Book,
  { id, kind }: Operation,
  fields: { reason?: string; wallet?: string; delta?: bigint; day?: string; rest: string },
): Answer {
  const { reason = '', wallet = '', delta = 0n, day = '', rest } = fields
  const decision = ['', 'APPROVED', 'VERIFIED', 'REVERSED_BEFORE_PURCHASE'].includes(reason)
    ? 'APPROVED'
    : 'DECLINED'
  const balance = wallet === '' ? undefined : held(book, wallet) + delta
  const seq = BigInt(book.lines.length + 1)
  return {
    was: 'NEW',
    record: { id, seq, kind: kinds[kind], decision, reason, wallet, delta, balance, day, rest },
  }
}

function rejected(why: string): Answer {
  return { was: 'REJECTED', why }
}

function held(book: Book, wallet: string): bigint {
  return book.wallets.get(wallet) ?? 0n
}

function reversalsOf(book: Book, original: string): readonly ModelRecord[] {
  return book.lines.flatMap(({ asked, record }) =>
    asked.kind === 'reverse' && asked.original === original ? [record] : [],
  )
}

/** All fields by which two messages with one id are compared. */
function contentOf(asked: Operation): string {
  switch (asked.kind) {
    case 'open':
      return 'open'
    case 'status':
      return `status ${asked.status}`
    case 'limits':
      return mostText(asked.most)
    case 'credit':
      return `credit ${asked.wallet} ${asked.amount}`
    case 'buy':
      return `buy ${asked.amount} ${asked.mcc} "${asked.merchant}" ${asked.fallback}${networkText(asked.network)}`
    case 'reverse': {
      const { amount, mcc, merchant } = asked.said
      return `reverse ${asked.original} ${asked.amount} ${amount} ${mcc} "${merchant}"`
    }
  }
}
