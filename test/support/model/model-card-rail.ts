import {
  availableIn,
  type Book,
  heldIn,
  LARGEST,
  made,
  type Outcome,
  owedIn,
  type Said,
  spentIn,
} from './model-book.js'
import type { Of } from './model-operation.js'
import {
  daysText,
  type Lot,
  least,
  leftOf,
  type ModelPurchase,
  newPurchase,
  restOf,
  spentLeftOf,
  sumOf,
  takeFrom,
  unconfirmedOf,
} from './model-purchase.js'
import { mccOf, type Routed, ruleFor, TOLERANT_MCCS, walletsFor } from './model-routes.js'

export function purchaseIn({ purchases }: Book, id: string | undefined): ModelPurchase {
  return (id !== undefined && purchases.get(id)) || newPurchase()
}

export function incremented(book: Book, asked: Of<'increment'>, today: string): Outcome {
  const { original, amount } = asked
  const purchase = purchaseIn(book, original)
  const { wallet } = purchase
  const rest = `${amount} of ${original}`
  const ends = (reason: string) => made(book, asked, { reason, rest })
  if (book.status === 'UNOPENED') return ends('ACCOUNT_NOT_FOUND')
  if (book.status !== 'ACTIVE') return ends(`ACCOUNT_${book.status}`)
  if (restOf(purchase) === 0n) return ends('HOLD_NOT_OPEN')
  const { most } = book
  const whole = purchase.authorized - purchase.released + amount
  if (most?.purchase !== undefined && whole > most.purchase) return ends('AMOUNT_OVER_LIMIT')
  if (availableIn(book, wallet) < amount) return ends('INSUFFICIENT_BALANCE')
  if (!fitsLimits(book, wallet, amount, today)) return ends('AMOUNT_OVER_LIMIT')
  const { day } = spentIn(book, wallet, today)
  return made(book, asked, {
    ...{ reason: 'APPROVED', wallet, delta: -amount, held: amount, day, rest },
    change: () => {
      purchase.authorized += amount
      purchase.held = [...purchase.held, { day, amount }]
      book.latest.set(wallet, day)
    },
  })
}

/** Whether the wallet's limits leave room for the amount. */
export function fitsLimits(book: Book, wallet: string, amount: bigint, today: string): boolean {
  const { dayAmount, monthAmount } = spentIn(book, wallet, today)
  const { day = LARGEST, month = LARGEST } = book.most?.wallet === wallet ? book.most : {}
  return dayAmount + amount <= day && monthAmount + amount <= month
}

export function captured(book: Book, asked: Of<'capture'>, today: string): Outcome {
  const { original, amount, more } = asked
  const purchase = purchaseIn(book, original)
  const rest = bookingText(asked, `${amount} of ${original}${more ? ', more to come' : ''}`)
  if (book.status === 'UNOPENED') return made(book, asked, { reason: 'ACCOUNT_NOT_FOUND', rest })
  const notes = () => {
    book.purchases.set(original, purchase)
    purchase.isFinal ||= !more
  }
  const held = restOf(purchase)
  if (held > 0n && amount <= held) return capturedFromHold(book, asked, { rest, notes })
  const unconfirmed = unconfirmedOf(purchase)
  const covered = held > 0n ? held : least(unconfirmed, amount)
  const isCovered = held > 0n || unconfirmed > 0n
  if (!isCovered) return force(book, asked, { purchase, today, rest, notes })
  const confirms = () => {
    notes()
    if (held === 0n) purchase.confirmed += covered
  }
  if (amount === covered) return made(book, asked, { reason: 'ALREADY_CAPTURED', rest, change: confirms })
  const approved = held > 0n ? purchase.authorized - purchase.released : purchase.atOnce - purchase.reversed
  const before = held > 0n ? purchase.capturedFromHold : purchase.confirmed
  const percent = TOLERANT_MCCS.includes(asked.mcc) ? 120n : 100n
  const isTolerated = (before + amount) * 100n <= approved * percent
  const reason = isTolerated ? 'CAPTURED_OVER' : 'CAPTURED_OVER_TOLERANCE'
  const moved = bookedFrom(book, purchase, { wallet: purchase.wallet, amount: amount - covered, today })
  return made(book, asked, {
    ...moved,
    ...{ reason, rest, held: -held },
    change: () => {
      confirms()
      purchase.spent = [...purchase.spent, ...purchase.held]
      purchase.held = []
      purchase.capturedFromHold += held
      purchase.everSpent += held
      moved.change?.()
    },
  })
}

/** A capture of the rest of a hold, or of less. A final one gives the remainder back. */
function capturedFromHold(
  book: Book,
  asked: Of<'capture'>,
  { rest, notes }: { readonly rest: string; readonly notes: () => void },
): Outcome {
  const { original, amount, more } = asked
  const purchase = purchaseIn(book, original)
  const { taken, left } = takeFrom(purchase.held, amount, 'OLDEST')
  const released = more ? [] : left
  const back = sumOf(released)
  return made(book, asked, {
    ...{ reason: 'CAPTURED', wallet: purchase.wallet, delta: back, held: -amount - back, rest },
    day: daysText(released),
    change: () => {
      notes()
      purchase.spent = [...purchase.spent, ...taken]
      purchase.held = more ? left : []
      purchase.capturedFromHold += amount
      purchase.everSpent += amount
      purchase.released += back
    },
  })
}

/** A capture of money that nobody has approved, or no longer. */
function force(
  book: Book,
  asked: Of<'capture'>,
  {
    purchase,
    today,
    rest,
    notes,
  }: {
    readonly purchase: ModelPurchase
    readonly today: string
    readonly rest: string
    readonly notes: () => void
  },
): Outcome {
  const { wallet, route } = bookingWallet(book, purchase, asked, asked.amount)
  const isLate = purchase.answer === 'APPROVED' || purchase.atOnce > 0n
  const unapproved = purchase.answer === 'DECLINED' ? 'CAPTURED_AFTER_DECLINE' : 'CAPTURED_UNSEEN'
  const moved = bookedFrom(book, purchase, { wallet, amount: asked.amount, today })
  return made(book, asked, {
    ...moved,
    ...{ reason: isLate ? 'CAPTURED_LATE' : unapproved, rest: rest + route },
    change: () => {
      notes()
      moved.change?.()
    },
  })
}

export function advised(book: Book, asked: Of<'advise'>, today: string): Outcome {
  const { id, original, amount } = asked
  const purchase = purchaseIn(book, original ?? id)
  const rest = bookingText(asked, `${amount}${original === undefined ? '' : ` of ${original}`}`)
  const isApproved = purchase.answer === 'APPROVED'
  const notes = () => {
    book.purchases.set(original ?? id, purchase)
    if (original === undefined) purchase.answer = 'APPROVED'
  }
  const ends = (reason: string) => made(book, asked, { reason, rest, change: notes })
  if (book.status === 'UNOPENED') return declinedAdvice(book, asked, rest)
  if (isApproved) return ends('ALREADY_APPROVED')
  const due = leftOf(purchase, amount)
  if (due === 'CAPTURED') return ends('ALREADY_CAPTURED')
  if (due === 'REVERSED') return ends('ADVICE_REVERSED')
  const { wallet, route } = bookingWallet(book, purchase, asked, due)
  const moved = bookedFrom(book, purchase, { wallet, amount: due, today })
  return made(book, asked, {
    ...moved,
    ...{ reason: purchase.answer === 'DECLINED' ? 'ADVICE_OVERRIDES' : 'ADVISED', rest: rest + route },
    change: () => {
      notes()
      moved.change?.()
      purchase.atOnce += due
      purchase.isFinal ||= due > 0n
    },
  })
}

function declinedAdvice(book: Book, asked: Of<'advise'>, rest: string): Outcome {
  const change = () => {
    if (asked.original !== undefined) return
    const purchase = purchaseIn(book, asked.id)
    purchase.answer = 'DECLINED'
    book.purchases.set(asked.id, purchase)
  }
  return made(book, asked, { reason: 'ACCOUNT_NOT_FOUND', rest, change })
}

export function refunded(book: Book, asked: Of<'refund'>): Outcome {
  const { original, amount, isRequest } = asked
  const purchase = purchaseIn(book, original)
  const of = original === undefined ? '' : ` of ${original}`
  const rest = bookingText(asked, `${amount}${of}${isRequest ? ', asked' : ''}`)
  const ends = (reason: string) => made(book, asked, { reason, rest })
  const left = spentLeftOf(purchase)
  const isChecked = isRequest && original !== undefined
  if (book.status === 'UNOPENED') return ends('ACCOUNT_NOT_FOUND')
  if (isChecked && purchase.everSpent === 0n) return ends('ORIGINAL_NOT_CAPTURED')
  if (isChecked && amount > left) return ends('AMOUNT_OVER_REMAINDER')
  const isUnlinked = purchase.wallet === ''
  const benefit = walletsFor(asked).open.find((wallet) => wallet !== 'CASH')
  const wallet = isUnlinked ? (benefit ?? 'CASH') : purchase.wallet
  const cancelled = least(amount, least(purchase.debt, owedIn(book, wallet)))
  if (!hasRoom(book, wallet, amount - cancelled)) return ends('BALANCE_TOO_LARGE')
  const linked = amount > left ? 'REFUNDED_OVER' : 'REFUNDED'
  return made(book, asked, {
    ...{ reason: isUnlinked ? 'REFUNDED_UNLINKED' : linked, wallet },
    ...{ delta: amount - cancelled, owed: -cancelled, rest: isUnlinked ? rest + routeText(asked) : rest },
    change: () => {
      purchase.refunded += amount
      purchase.debt -= cancelled
      if (original !== undefined) book.purchases.set(original, purchase)
    },
  })
}

/** Gives back held money first, then spent money; a debt of the purchase itself is cancelled first. */
export function givenBack(
  book: Book,
  purchase: ModelPurchase,
  amount: bigint,
): Omit<Said, 'rest'> | 'TOO_LARGE' {
  const { wallet } = purchase
  const fromHold = takeFrom(purchase.held, amount, 'NEWEST')
  const held = sumOf(fromHold.taken)
  const back = amount - held
  const fromSpent = takeFrom(purchase.spent, back, 'NEWEST')
  const cancelled = least(back, least(purchase.debt, owedIn(book, wallet)))
  if (!hasRoom(book, wallet, back - cancelled)) return 'TOO_LARGE'
  return {
    ...{ wallet, delta: amount - cancelled, held: -held, owed: -cancelled },
    day: daysText([...fromHold.taken, ...fromSpent.taken]),
    change: () => {
      purchase.held = fromHold.left
      purchase.spent = fromSpent.left
      purchase.released += held
      purchase.reversed += back
      purchase.debt -= cancelled
    },
  }
}

/** The expiry of the hold that is due first, if any. Later ones follow when it has been recorded. */
export function expiryIn(book: Book, today: string): Outcome | undefined {
  const [first] = [...book.purchases]
    .filter(([, purchase]) => restOf(purchase) > 0n && purchase.until <= today)
    .sort(([, a], [, b]) => (a.until === b.until ? Number(a.place - b.place) : a.until < b.until ? -1 : 1))
  if (!first) return undefined
  const [id, purchase] = first
  const rest = restOf(purchase)
  return made(
    book,
    { id: ` expiry ${id}`, kind: 'expire' },
    {
      ...{ reason: 'EXPIRED', wallet: purchase.wallet, delta: rest, held: -rest, rest: `of ${id}` },
      day: daysText(purchase.held),
      change: () => {
        purchase.held = []
        purchase.released += rest
      },
    },
  )
}

/** The open holds in words. */
export function holdsText({ purchases }: Book): readonly string[] {
  return [...purchases]
    .filter(([, purchase]) => restOf(purchase) > 0n)
    .map(([id, purchase]) => holdText({ id, ...purchase, rest: restOf(purchase), counted: purchase.held }))
}

/** An open hold in one line. */
export function holdText(hold: {
  readonly id: string
  readonly wallet: string
  readonly authorized: bigint
  readonly released: bigint
  readonly rest: bigint
  readonly until: string
  readonly counted: readonly Lot[]
}): string {
  const { id, wallet, authorized, released, rest, until, counted } = hold
  return `${id} holds ${rest} of ${authorized} in ${wallet} until ${until}, ${released} released, counted ${daysText(counted)}`
}

/** Books an amount that the wallet may not have: the lack is owed. */
function bookedFrom(
  book: Book,
  purchase: ModelPurchase,
  { wallet, amount, today }: { readonly wallet: string; readonly amount: bigint; readonly today: string },
): Omit<Said, 'rest'> {
  const paid = least(amount, availableIn(book, wallet))
  const { day } = spentIn(book, wallet, today)
  return {
    ...{ wallet, delta: -paid, owed: amount - paid, day },
    change: () => {
      purchase.wallet = wallet
      purchase.spent = [...purchase.spent, { day, amount }]
      purchase.everSpent += amount
      purchase.debt += amount - paid
      book.latest.set(wallet, day)
    },
  }
}

/** The wallet of a booking, and the route in words if the route has chosen it. */
function bookingWallet(book: Book, purchase: ModelPurchase, asked: Routed, amount: bigint) {
  if (purchase.wallet !== '') return { wallet: purchase.wallet, route: '' }
  const { open } = walletsFor(asked)
  const wallet = open.find((one) => availableIn(book, one) >= amount) ?? open[0] ?? 'CASH'
  return { wallet, route: routeText(asked) }
}

function routeText(asked: Routed): string {
  return ` by ${mccOf(asked)} ${ruleFor(asked)?.id ?? ''}`
}

function bookingText({ mcc, merchant, fallback }: Routed, what: string): string {
  return `${what}, ${mcc} "${merchant}"${fallback === false ? ' without CASH' : ''}`
}

function hasRoom(book: Book, wallet: string, amount: bigint): boolean {
  return availableIn(book, wallet) + heldIn(book, wallet) + amount <= LARGEST
}
