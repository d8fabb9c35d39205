/**
 * What the service must do, written a second time: from the rules in the .proto files, without the service's own code. One account
 * is a list of records; whatever is asked is answered by looking through it.
 */

export type Status = 'ACTIVE' | 'BLOCKED' | 'CLOSED'

/** Something that is asked of an account, under an id. */
export type Operation = { readonly account: string; readonly id: string } & (
  | { readonly kind: 'open' }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'credit'; readonly wallet: string; readonly amount: bigint }
  | { readonly kind: 'buy'; readonly amount: bigint; readonly mcc: string; readonly merchant: string }
  | {
      readonly kind: 'reverse'
      readonly original: string
      readonly amount: bigint | undefined
      readonly said: Said
    }
)

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
  /** Everything else that was asked, and what was made of it. */
  readonly rest: string
}

export type Answer =
  | { readonly was: 'NEW' | 'REPEATED'; readonly record: ModelRecord }
  | { readonly was: 'REUSED' }
  | { readonly was: 'REFUSED'; readonly why: string }

export type Filter = {
  readonly kind?: ModelRecord['kind']
  readonly wallet?: string
  readonly decision?: ModelRecord['decision']
}

type Book = {
  status: Status | 'UNOPENED'
  readonly wallets: Map<string, bigint>
  readonly lines: { readonly asked: Operation; readonly record: ModelRecord }[]
}

const LARGEST = 2n ** 63n - 1n
const byMcc: Readonly<Record<string, readonly string[]>> = {
  '5411': ['FOOD'],
  '5412': ['FOOD'],
  '5811': ['MEAL'],
  '5812': ['MEAL'],
}
/** The one merchant rule that there is. */
export const rule = { id: 'uber-trip', name: 'UBER TRIP', mcc: '5411' }

export class ReferenceModel {
  readonly #books = new Map<string, Book>()

  /** Answers, and remembers what was decided. */
  do(asked: Operation): Answer {
    const answer = this.answer(asked)
    if (answer.was !== 'NEW') return answer
    const book = this.#book(asked.account)
    book.lines.push({ asked, record: answer.record })
    if (answer.record.balance !== undefined) book.wallets.set(answer.record.wallet, answer.record.balance)
    if (asked.kind === 'open') book.status = 'ACTIVE'
    if (asked.kind === 'status') book.status = asked.status
    return answer
  }

  /** What the answer would be now. */
  answer(asked: Operation): Answer {
    const book = this.#book(asked.account)
    const earlier = book.lines.find(({ record }) => record.id === asked.id)
    if (earlier && contentOf(earlier.asked) === contentOf(asked))
      return { was: 'REPEATED', record: earlier.record }
    if (earlier) return { was: 'REUSED' }
    switch (asked.kind) {
      case 'open':
        return book.status === 'UNOPENED' ? made(book, asked, { rest: 'ACTIVE' }) : refused('ALREADY_OPENED')
      case 'status':
        return changed(book, asked)
      case 'credit':
        return credited(book, asked)
      case 'buy':
        return bought(book, asked)
      case 'reverse':
        return reversed(book, asked)
    }
  }

  /** The history, newest first; undefined while nobody opened the account. */
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

  /** Status and balances that are not zero; undefined while nobody opened the account. */
  balances(account: string): string | undefined {
    const { status, wallets, lines } = this.#book(account)
    if (status === 'UNOPENED') return undefined
    return balancesText({ status, wallets, version: BigInt(lines.length) })
  }

  #book(account: string): Book {
    const book = this.#books.get(account) ?? { status: 'UNOPENED', wallets: new Map(), lines: [] }
    this.#books.set(account, book)
    return book
  }
}

/** An account in one line. */
export function balancesText(account: {
  readonly status: string
  readonly version: bigint
  readonly wallets: ReadonlyMap<string, bigint>
}): string {
  const held = [...account.wallets].filter(([, balance]) => balance > 0n).sort(([a], [b]) => (a < b ? -1 : 1))
  return [account.status, account.version, ...held.map(([wallet, balance]) => `${wallet} ${balance}`)].join(
    ', ',
  )
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>

function changed(book: Book, asked: Of<'status'>): Answer {
  if (book.status === 'UNOPENED') return refused('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED' && asked.status !== 'CLOSED') return refused('ACCOUNT_CLOSED')
  return made(book, asked, { rest: asked.status })
}

function credited(book: Book, asked: Of<'credit'>): Answer {
  if (book.status === 'UNOPENED') return refused('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED') return refused('ACCOUNT_CLOSED')
  if (held(book, asked.wallet) + asked.amount > LARGEST) return refused('BALANCE_TOO_LARGE')
  return made(book, asked, { wallet: asked.wallet, delta: asked.amount, rest: `${asked.amount}` })
}

function bought(book: Book, asked: Of<'buy'>): Answer {
  const ruled = asked.merchant === rule.name
  const mcc = ruled ? rule.mcc : asked.mcc
  const rest = `${asked.amount} ${asked.mcc}>${mcc} "${asked.merchant}" ${ruled ? rule.id : ''}`
  const declined = (reason: string) => made(book, asked, { reason, rest })
  if (book.status === 'UNOPENED') return declined('ACCOUNT_NOT_FOUND')
  if (book.status === 'CLOSED') return declined('ACCOUNT_CLOSED')
  if (book.status === 'BLOCKED') return declined('ACCOUNT_BLOCKED')
  if (reversalsOf(book, asked.id).length > 0) return declined('ALREADY_REVERSED')
  const payer = [...(byMcc[mcc] ?? []), 'CASH'].find((wallet) => held(book, wallet) >= asked.amount)
  if (payer === undefined) return declined('INSUFFICIENT_BALANCE')
  return made(book, asked, { reason: 'APPROVED', wallet: payer, delta: -asked.amount, rest })
}

function reversed(book: Book, asked: Of<'reverse'>): Answer {
  const { amount: saidAmount, mcc: saidMcc, merchant: saidMerchant } = asked.said
  const rest = `${asked.amount ?? 'all'} of ${asked.original}: ${saidAmount} ${saidMcc} ${saidMerchant}`
  const ends = (reason: string) => made(book, asked, { reason, rest })
  const original = book.lines.find(({ record }) => record.id === asked.original)
  const before = reversalsOf(book, asked.original)
  if (!original) return ends(before.length === 0 ? 'REVERSED_AHEAD' : 'ALREADY_REVERSED')
  const { asked: purchase, record } = original
  if (purchase.kind !== 'buy') return ends('ORIGINAL_NOT_REVERSIBLE')
  const isAsSaid =
    (saidAmount ?? purchase.amount) === purchase.amount &&
    (saidMcc ?? purchase.mcc) === purchase.mcc &&
    (saidMerchant ?? purchase.merchant) === purchase.merchant
  if (!isAsSaid) return ends('ORIGINAL_MISMATCH')
  if (record.decision === 'DECLINED') return ends('ORIGINAL_DECLINED')
  const left = purchase.amount - before.reduce((sum, one) => sum + one.delta, 0n)
  if (left === 0n) return ends('ALREADY_REVERSED')
  const delta = asked.amount ?? left
  if (delta > left) return ends('AMOUNT_OVER_REST')
  if (held(book, record.wallet) + delta > LARGEST) return ends('BALANCE_TOO_LARGE')
  return made(book, asked, { reason: 'APPROVED', wallet: record.wallet, delta, rest })
}

const kinds = {
  open: 'ADMIN',
  status: 'ADMIN',
  credit: 'CREDIT',
  buy: 'AUTHORIZATION',
  reverse: 'REVERSAL',
} as const

function made(
  book: Book,
  { id, kind }: Operation,
  told: { reason?: string; wallet?: string; delta?: bigint; rest: string },
): Answer {
  const { reason = '', wallet = '', delta = 0n, rest } = told
  const decision = ['', 'APPROVED', 'REVERSED_AHEAD'].includes(reason) ? 'APPROVED' : 'DECLINED'
  const balance = wallet === '' ? undefined : held(book, wallet) + delta
  const seq = BigInt(book.lines.length + 1)
  return {
    was: 'NEW',
    record: { id, seq, kind: kinds[kind], decision, reason, wallet, delta, balance, rest },
  }
}

function refused(why: string): Answer {
  return { was: 'REFUSED', why }
}

function held(book: Book, wallet: string): bigint {
  return book.wallets.get(wallet) ?? 0n
}

function reversalsOf(book: Book, original: string): readonly ModelRecord[] {
  return book.lines.flatMap(({ asked, record }) =>
    asked.kind === 'reverse' && asked.original === original ? [record] : [],
  )
}

/** Everything that makes two messages with one id the same. */
function contentOf(asked: Operation): string {
  switch (asked.kind) {
    case 'open':
      return 'open'
    case 'status':
      return `status ${asked.status}`
    case 'credit':
      return `credit ${asked.wallet} ${asked.amount}`
    case 'buy':
      return `buy ${asked.amount} ${asked.mcc} "${asked.merchant}"`
    case 'reverse': {
      const { amount, mcc, merchant } = asked.said
      return `reverse ${asked.original} ${asked.amount} ${amount} ${mcc} "${merchant}"`
    }
  }
}
