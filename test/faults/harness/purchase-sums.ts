import type { CardPurchase } from '../../support/clients/card-rail-client.js'
import type { Line, Page } from './book.js'
import { OVER } from './card-call.js'
import type { Amounts, Operation } from './operation.js'

const names = [
  ...(['authorized', 'incremented', 'captured', 'excess', 'released'] as const),
  ...(['expired', 'reversed', 'refunded', 'owed', 'rest'] as const),
]

/** The sums of a purchase by their names in GetPurchase, in centavos. */
export type PurchaseSums = Readonly<Record<(typeof names)[number], number>>

/** The sums that GetPurchase shows. */
export function shownSums(purchase: CardPurchase): PurchaseSums {
  const sums = names.map((name) => [name, Number(purchase[`${name}_amount`])] as const)
  // Has a value for every name.
  return Object.fromEntries(sums) as PurchaseSums
}

/** The state that follows from the sums. */
export function stateOf({ authorized, captured, rest, reversed, expired }: PurchaseSums): string {
  if (authorized + captured === 0) return 'PURCHASE_STATE_UNSPECIFIED'
  if (rest > 0) return 'PURCHASE_STATE_HELD'
  if (captured > reversed) return 'PURCHASE_STATE_CAPTURED'
  return expired > 0 ? 'PURCHASE_STATE_EXPIRED' : 'PURCHASE_STATE_RELEASED'
}

/** The lines of each purchase, by its id: the purchase itself, and all operations that name it. */
export function purchasesOn({ lines }: Page): ReadonlyMap<string, readonly Line[]> {
  const purchases = new Map<string, Line[]>()
  for (const line of lines.values()) {
    const id = purchaseOf(line.operation)
    if (id !== undefined) purchases.set(id, [...(purchases.get(id) ?? []), line])
  }
  return purchases
}

/**
 * Adds up the answers to the operations of a purchase, in any order. The expiry of its hold has no answer:
 * when it has expired, all that the answers leave of the hold has.
 */
export function answeredSums(lines: readonly Line[], { isExpired }: { isExpired: boolean }): PurchaseSums {
  const answers = lines.flatMap(({ answer }) => answer ?? [])
  const total = (name: keyof Amounts) => answers.reduce((sum, { amounts }) => sum + (amounts[name] ?? 0), 0)
  const [authorized, incremented, captured] = [total('authorized'), total('incremented'), total('captured')]
  const released = total('released')
  const overs = answers.filter(({ entry }) => OVER.has(entry.reason ?? ''))
  const isHoldExceeded = overs.length > 0 && answers.some(({ entry }) => entry.held_until !== undefined)
  // A capture over a hold leaves nothing of it. The excess is all that the hold did not cover.
  const excess = isHoldExceeded
    ? captured + released - authorized - incremented
    : total('excess') + overs.reduce((sum, { amounts }) => sum + (amounts.captured ?? 0), 0)
  const left = authorized + incremented + excess - captured - released
  const expired = isExpired ? left : 0
  return {
    ...{ authorized, incremented, captured, excess, expired },
    released: released + expired,
    ...{ reversed: total('reversed'), refunded: total('refunded'), owed: total('owed') },
    rest: left - expired,
  }
}

/** The purchase of an operation; undefined when it has none. */
function purchaseOf(operation: Operation): string | undefined {
  if (operation.kind === 'authorize') return operation.id
  if (operation.kind === 'advise') return operation.originalId ?? operation.id
  return 'originalId' in operation ? operation.originalId : undefined
}
