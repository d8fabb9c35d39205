import type { Account } from './account.js'
import type { Discrepancy, DiscrepancyKind } from './discrepancy.js'
import { type Entry, movementOf } from './entry.js'

type Finding = Pick<Discrepancy, 'kind' | 'detail'>

/** The three amounts of a wallet. */
type Part = (typeof parts)[number]
const parts = ['available', 'held', 'owed'] as const

const differs = {
  available: 'BALANCE_DIFFERS',
  held: 'HELD_DIFFERS',
  owed: 'OWED_DIFFERS',
} as const satisfies Record<Part, DiscrepancyKind>

/** Adds up available, held and owed money per wallet. Memory: six numbers per wallet. */
export class WalletAudit {
  readonly #sums: Readonly<Record<Part, Map<string, bigint>>> = emptyParts()
  /** Difference between the last recorded amount and the sum of the entries. */
  readonly #offBy: Readonly<Record<Part, Map<string, bigint>>> = emptyParts()

  /** Adds an entry, and compares the amounts that it recorded with the sums. */
  add(entry: Entry): readonly Finding[] {
    const movement = movementOf(entry)
    if (!movement) return []
    const { wallet, delta, balanceAfter, heldDelta, heldAfter = 0n, owedDelta, owedAfter = 0n } = movement
    return [
      ...this.#addTo('available', wallet, { seq: entry.seq, delta, after: balanceAfter }),
      ...(heldDelta === undefined
        ? []
        : this.#addTo('held', wallet, { seq: entry.seq, delta: heldDelta, after: heldAfter })),
      ...(owedDelta === undefined
        ? []
        : this.#addTo('owed', wallet, { seq: entry.seq, delta: owedDelta, after: owedAfter })),
    ]
  }

  /** Returns what a wallet owes after the entries so far. */
  owedOf(wallet: string): bigint {
    return this.#sums.owed.get(wallet) ?? 0n
  }

  /** Compares the sums with the account. */
  compare({ wallets, held, owed }: Account): readonly Finding[] {
    const stored = { available: wallets, held, owed }
    return parts.flatMap((part) => {
      const names = new Set([...stored[part].keys(), ...this.#sums[part].keys()])
      return [...names].flatMap((wallet): Finding[] => {
        const amount = stored[part].get(wallet) ?? 0n
        const sum = this.#sums[part].get(wallet) ?? 0n
        if (amount === sum) return []
        const detail = `${nameOf(wallet, part)} holds ${amount}, its entries add up to ${sum}`
        return [{ kind: differs[part], detail }]
      })
    })
  }

  #addTo(
    part: Part,
    wallet: string,
    { seq, delta, after }: { readonly seq: bigint; readonly delta: bigint; readonly after: bigint },
  ): readonly Finding[] {
    const found: Finding[] = []
    const sums = this.#sums[part]
    const before = sums.get(wallet) ?? 0n
    const sum = before + delta
    sums.set(wallet, sum)
    const offBy = after - sum
    // Report a difference once, not again for every later entry: one lost credit is one discrepancy, not
    // fifty thousand.
    if (offBy !== 0n && offBy !== this.#offBy[part].get(wallet)) {
      const detail = `seq ${seq}: ${nameOf(wallet, part)} records ${after}, its entries add up to ${sum}`
      found.push({ kind: 'BALANCE_AFTER_WRONG', detail })
    }
    this.#offBy[part].set(wallet, offBy)
    if (sum < 0n && before >= 0n)
      found.push({ kind: 'BALANCE_NEGATIVE', detail: `seq ${seq}: ${nameOf(wallet, part)} falls to ${sum}` })
    return found
  }
}

function emptyParts(): Record<Part, Map<string, bigint>> {
  return { available: new Map(), held: new Map(), owed: new Map() }
}

function nameOf(wallet: string, part: Part): string {
  return part === 'available' ? wallet : `${wallet} (${part})`
}
