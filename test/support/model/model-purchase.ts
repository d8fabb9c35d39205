/** An amount that one day counts. */
export type Lot = { readonly day: string; readonly amount: bigint }

/**
 * A purchase as two bags of money, held and spent. Each lot in a bag has the day that counts it. Every step
 * moves lots from bag to bag, or out of them.
 */
export type ModelPurchase = {
  /** Empty as long as nothing was held or spent. */
  wallet: string
  held: readonly Lot[]
  spent: readonly Lot[]
  /** The day on which the hold ends, and its place among the holds. */
  until: string
  place: bigint
  /** What the account has said to the purchase itself. */
  answer: 'NONE' | 'APPROVED' | 'DECLINED'
  /** Held in all, and given back or captured from that. */
  authorized: bigint
  released: bigint
  capturedFromHold: bigint
  /** Spent in all, reversals and refunds of it, and what of it the wallet still owes. */
  everSpent: bigint
  reversed: bigint
  refunded: bigint
  debt: bigint
  /** Paid without a hold, and confirmed by captures. */
  atOnce: bigint
  confirmed: bigint
  /** No more captures come. */
  isFinal: boolean
  /** Reversals that came before the purchase. */
  early: bigint
  isWholeEarly: boolean
}

export function newPurchase(): ModelPurchase {
  return {
    wallet: '',
    held: [],
    spent: [],
    until: '',
    place: 0n,
    answer: 'NONE',
    authorized: 0n,
    released: 0n,
    capturedFromHold: 0n,
    everSpent: 0n,
    reversed: 0n,
    refunded: 0n,
    debt: 0n,
    atOnce: 0n,
    confirmed: 0n,
    isFinal: false,
    early: 0n,
    isWholeEarly: false,
  }
}

/** The amount that is still held. */
export function restOf({ held }: ModelPurchase): bigint {
  return sumOf(held)
}

/** The spent amount that can still go back. */
export function spentLeftOf({ everSpent, reversed, refunded }: ModelPurchase): bigint {
  return most(0n, everSpent - reversed - refunded)
}

/** The amount paid at once that no capture has confirmed. */
export function unconfirmedOf({ atOnce, confirmed, reversed }: ModelPurchase): bigint {
  return most(0n, atOnce - confirmed - reversed)
}

/** What steps that came first leave of a purchase of this amount, or which of them left nothing. */
export function leftOf(purchase: ModelPurchase, amount: bigint): bigint | 'CAPTURED' | 'REVERSED' {
  const { early, isWholeEarly, isFinal } = purchase
  const booked = sumOf(purchase.spent)
  if (booked === 0n && (isWholeEarly || (early > 0n && early >= amount))) return 'REVERSED'
  const left = isWholeEarly ? 0n : most(0n, amount - early)
  return isFinal || (booked > 0n && booked >= left) ? 'CAPTURED' : left - booked
}

/** Takes an amount out of a bag, day by day. */
export function takeFrom(
  bag: readonly Lot[],
  amount: bigint,
  order: 'OLDEST' | 'NEWEST',
): { readonly taken: readonly Lot[]; readonly left: readonly Lot[] } {
  const sorted = [...bag].sort((a, b) => (a.day < b.day ? -1 : 1))
  if (order === 'NEWEST') sorted.reverse()
  const taken: Lot[] = []
  const left: Lot[] = []
  let open = amount
  for (const { day, amount: lot } of sorted) {
    const part = least(lot, open)
    open -= part
    if (part > 0n) taken.push({ day, amount: part })
    if (part < lot) left.push({ day, amount: lot - part })
  }
  return { taken, left }
}

/** The days of some lots: the day alone if it is only one. */
export function daysText(lots: readonly Lot[]): string {
  const days = new Map<string, bigint>()
  for (const { day, amount } of lots) days.set(day, (days.get(day) ?? 0n) + amount)
  const [first, ...others] = [...days].sort(([a], [b]) => (a < b ? -1 : 1))
  if (!first) return ''
  if (others.length === 0) return first[0]
  return [first, ...others].map(([day, amount]) => `${day} ${amount}`).join(', ')
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

export function sumOf(lots: readonly Lot[]): bigint {
  return lots.reduce((sum, { amount }) => sum + amount, 0n)
}
