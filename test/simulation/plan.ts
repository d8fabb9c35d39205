import type { AccountId } from '../../src/domain/account-status.js'
import type { Purchase } from '../../src/domain/decide.js'
import type { PurchaseDescription, TransactionId } from '../../src/domain/entry.js'
import { type Centavos, centavos } from '../../src/domain/money.js'
import type { NetworkData } from '../../src/domain/network.js'
import { Random } from '../../tools/random.js'
import { idOf, type Operation } from './operation.js'
import { type PrehistoryKind, prehistoryOf } from './prehistory.js'
import { type Settings, settingsFrom } from './settings.js'

/** A caller's operation, repeated until it is answered or the patience of the caller ends. */
export type Deed = {
  readonly atUs: number
  readonly operation: Operation
  /** The processes that receive the operation at once. */
  readonly at: readonly number[]
  /** Patience of the caller, in milliseconds. */
  readonly patienceMs: number
  readonly attemptsMax: number
}

/** A visit of processes to all accounts with due holds. */
export type Sweep = {
  readonly atUs: number
  /** The processes that begin it at once. */
  readonly at: readonly number[]
}

/** A disturbance for a while, or an operator's action. */
export type Disturbance = {
  readonly atUs: number
  readonly durationUs: number
  readonly process: number
  readonly kind: DisturbanceKind
}

/**
 * CRASH: a process ends, and another one starts. RESTART: the same, in order. FAILOVER: another member
 * becomes the primary. PARTITION: the same, and meanwhile some processes use the former primary. AWAY: no
 * member answers. LEDGER_AWAY: the ledger accepts nothing. LAG: no majority gets a write. CLOCK: a process's
 * clock jumps. CATALOG: a process switches to the other catalog.
 */
export type DisturbanceKind = (typeof disturbanceKinds)[number]

const disturbanceKinds = [
  'CRASH',
  'RESTART',
  'FAILOVER',
  'PARTITION',
  'AWAY',
  'LEDGER_AWAY',
  'LAG',
  'CLOCK',
  'CATALOG',
] as const

/** The whole input of one history: it determines what happens. */
export type Plan = {
  readonly seed: number
  readonly settings: Settings
  readonly accounts: readonly AccountPlan[]
  readonly deeds: readonly Deed[]
  readonly sweeps: readonly Sweep[]
  readonly disturbances: readonly Disturbance[]
}

export type AccountPlan = {
  readonly id: AccountId
  readonly prehistory: PrehistoryKind
  /** Number of its entries in the journal. */
  readonly journal: number
  /** Number of its entries in the ledger. */
  readonly posted: number
}

const names = ['A', 'B', 'C', 'D']
/** What the card network sends with some purchases, by the last digit of their ids. */
const networks: Readonly<Record<string, NetworkData>> = {
  3: { rail: 'VOUCHER', product: 'FOOD_PAT', rrn: '633412000123' },
  5: { merchantId: 'LOJA 1', currency: '986' },
  9: { currency: 'USD' },
}
const amounts = [1n, 7n, 30n, 60n].map(centavos)

/** The plan of one history, the same for the same seed. */
export function planFrom(seed: number): Plan {
  const random = new Random(seed)
  const settings = settingsFrom(random)
  const accounts = names.slice(0, random.pick([1, 1, 2, 3, 4])).map((id) => accountPlan(id, random))
  // Long histories bring rare combinations. A short one has more faults per step.
  const count = random.chance(0.5) ? 16 + random.below(32) : 3 + random.below(10)
  const paceUs = random.pick([20, 500, 5_000, 40_000])
  const { processes } = settings
  const maker = new DeedMaker(random, accounts)
  const asked = maker.make(count, { paceUs, processes })
  const { deeds, sweeps } = withExpiries(asked, { maker, random, processes })
  const spanUs = (asked.at(-1)?.atUs ?? 0) + 20_000
  const isRough = random.chance(0.7)
  const disturbances = Array.from({ length: isRough ? random.below(5) : 0 }, () =>
    disturbance(random, { spanUs, processes }),
  )
  return { seed, settings, accounts, deeds, sweeps, disturbances }
}

/**
 * Adds sweeps at any time, and races around some expiries: sweeps of one process or of several, with later
 * steps of the purchase.
 */
function withExpiries(
  asked: readonly Deed[],
  { maker, random, processes }: { maker: DeedMaker; random: Random; processes: number },
): Pick<Plan, 'deeds' | 'sweeps'> {
  const spanUs = (asked.at(-1)?.atUs ?? 0) + 2_000_000
  const sweep = (atUs: number): Sweep => {
    const all = Array.from({ length: processes }, (_, at) => at)
    return { atUs, at: random.chance(0.5) ? all : [random.below(processes)] }
  }
  const sweeps = Array.from({ length: random.below(3) }, () => sweep(random.below(spanUs)))
  const steps: Deed[] = []
  for (const { atUs, operation } of asked) {
    const dueUs = dueAfterUs(operation)
    if (dueUs === undefined || !random.chance(0.4)) continue
    const aroundUs = random.pick([1_000, 10_000, 100_000])
    const nearby = () => atUs + dueUs + random.below(aroundUs) - random.below(aroundUs / 4)
    for (let more = 1 + random.below(2); more > 0; more--) sweeps.push(sweep(nearby()))
    for (let more = random.below(3); more > 0; more--) {
      steps.push(maker.stepOf(operation, { atUs: nearby(), processes }))
    }
  }
  return { deeds: [...asked, ...steps], sweeps }
}

/** Time until the expiry of a hold, in microseconds, if it is soon. */
function dueAfterUs({ kind, content }: Operation): number | undefined {
  const seconds = kind === 'BUY' ? content.hold?.expiresInSeconds : undefined
  return seconds !== undefined && seconds < 60 ? seconds * 1_000_000 : undefined
}

function accountPlan(id: AccountId, random: Random): AccountPlan {
  const chosen = random.below(1_000)
  const prehistory = chosen < 120 ? 'NONE' : chosen < 995 ? 'SHORT' : 'LONG'
  const { length } = prehistoryOf(id, prehistory).entries
  if (length === 0) return { id, prehistory, journal: 0, posted: 0 }
  // In a full journal no entry is known to be in the ledger.
  const journal = prehistory === 'LONG' ? length : 1 + random.below(length)
  const posted = length - journal + random.below(prehistory === 'LONG' ? 2 : journal + 1)
  return { id, prehistory, journal, posted }
}

function disturbance(
  random: Random,
  { spanUs, processes }: { readonly spanUs: number; readonly processes: number },
): Disturbance {
  return {
    atUs: random.below(spanUs),
    durationUs: random.below(random.pick([2_000, 50_000, 1_000_000, 8_000_000])),
    process: random.below(processes),
    kind: random.pick(disturbanceKinds),
  }
}

/** Generates the operations of callers, based on earlier ones. */
class DeedMaker {
  readonly #random: Random
  readonly #accounts: readonly AccountPlan[]
  readonly #asked: Operation[]
  #number = 0
  /** The number of a future operation that a step has named. */
  #ahead = 0

  constructor(random: Random, accounts: readonly AccountPlan[]) {
    this.#random = random
    this.#accounts = accounts
    // A long history offers only its latest entries.
    this.#asked = accounts.flatMap(({ id, prehistory }) => prehistoryOf(id, prehistory).operations.slice(-7))
  }

  make(
    count: number,
    { paceUs, processes }: { readonly paceUs: number; readonly processes: number },
  ): readonly Deed[] {
    const deeds: Deed[] = []
    let atUs = 0
    while (deeds.length < count) {
      atUs += this.#random.below(paceUs)
      deeds.push(this.#deed(() => this.#operation(), { atUs, processes }))
    }
    return deeds
  }

  /** A later step of a purchase. */
  stepOf(
    purchase: Operation,
    { atUs, processes }: { readonly atUs: number; readonly processes: number },
  ): Deed {
    const { accountId } = purchase
    const originalId = idOf(purchase)
    this.#number += 1
    const id = `t${this.#number}`
    const make = () =>
      this.#random.chance(0.7)
        ? this.#step(accountId, id, originalId)
        : this.#reversal(accountId, id, originalId)
    return this.#deed(make, { atUs, processes })
  }

  #deed(
    make: () => Operation,
    { atUs, processes }: { readonly atUs: number; readonly processes: number },
  ): Deed {
    const random = this.#random
    const at = [random.below(processes)]
    if (random.chance(0.1)) at.push(random.below(processes))
    const patienceMs = random.pick([20, 100, 100, 1_000, 6_000, 6_000])
    return { atUs, operation: make(), at, patienceMs, attemptsMax: random.pick([1, 2, 4]) }
  }

  #operation(): Operation {
    const random = this.#random
    const earlier = this.#earlier(this.#asked)
    const operation = earlier && random.chance(0.25) ? this.#again(earlier) : this.#new()
    this.#asked.push(operation)
    return operation
  }

  /** An earlier operation, unchanged or with other content. */
  #again(earlier: Operation): Operation {
    if (this.#random.chance(0.75)) return earlier
    return this.#anything(earlier.accountId, idOf(earlier))
  }

  #new(): Operation {
    const random = this.#random
    const account =
      this.#accounts[Math.min(random.below(this.#accounts.length), random.below(this.#accounts.length))]
    this.#number += 1
    return this.#anything(account?.id ?? 'A', `t${this.#number}`)
  }

  #anything(accountId: AccountId, transactionId: string): Operation {
    const random = this.#random
    const chosen = random.below(100)
    if (chosen < 43) return { accountId, kind: 'BUY', content: this.#purchase(transactionId) }
    if (chosen < 61) return this.#reversal(accountId, transactionId)
    if (chosen < 79) return this.#step(accountId, transactionId)
    if (chosen < 88) {
      const wallet = random.pick(['CASH', 'FOOD', 'MEAL', 'PETS'])
      const paysOwed = random.chance(0.5) ? { paysOwed: true as const } : {}
      return {
        accountId,
        kind: 'CREDIT',
        content: { transactionId, wallet, amount: this.#amount(), ...paysOwed },
      }
    }
    const subject = 'simulation'
    if (chosen < 93) {
      const status = random.pick(['ACTIVE', 'ACTIVE', 'BLOCKED', 'ACTIVE', 'ACTIVE', 'CLOSED'] as const)
      return { accountId, kind: 'STATUS', content: { transactionId, status, subject } }
    }
    if (chosen < 96) return { accountId, kind: 'OPEN', content: { transactionId, subject } }
    const day = random.chance(0.7) ? { day: this.#amount() } : {}
    const wallets = new Map([[random.pick(['CASH', 'FOOD']), day]])
    const content = { transactionId, subject, replaces: random.chance(0.5), wallets }
    return { accountId, kind: 'LIMITS', content }
  }

  /** Prefers recent operations. */
  #earlier(asked: readonly Operation[]): Operation | undefined {
    const random = this.#random
    return random.chance(0.5) ? asked[asked.length - 1 - random.below(3)] : asked[random.below(asked.length)]
  }

  #purchase(transactionId: string) {
    const random = this.#random
    const mcc = random.pick(['5411', '5411', '5811', '9999', '7995'])
    const merchant = random.pick(['PADARIA', 'PADARIA', 'UBER TRIP'])
    // Fallback, network data and verifications follow the id, not a draw.
    const fallback = transactionId.endsWith('7') ? { fallback: 'NEVER' as const } : {}
    const network = networks[transactionId.at(-1) ?? '']
    const amount = this.#amount()
    const asked = transactionId.endsWith('8')
      ? { amount: centavos(0n), verification: true as const }
      : { amount, ...this.#hold() }
    return { transactionId, mcc, merchant, ...asked, ...fallback, ...(network && { network }) }
  }

  /** Half of the purchases are held: for a time that passes, that a jump of the clock passes, or for days. */
  #hold(): Pick<Purchase, 'hold'> {
    const random = this.#random
    if (random.chance(0.5)) return {}
    const seconds = random.pick([1, 1, 2, 1_800, undefined])
    return { hold: seconds === undefined ? {} : { expiresInSeconds: seconds } }
  }

  /** A later step of a purchase: of an earlier one, or of one that is still to come. */
  #step(accountId: AccountId, transactionId: string, originalId = this.#originalId(accountId)): Operation {
    const random = this.#random
    const { mcc, merchant } = this.#purchase(transactionId)
    const named = { transactionId, originalId, amount: this.#amount() }
    const booked = { ...named, mcc, merchant }
    const chosen = random.below(18)
    if (chosen < 9) {
      const moreToCome = random.chance(0.3) ? { moreToCome: true as const } : {}
      return { accountId, kind: 'CAPTURE', content: { ...booked, ...moreToCome } }
    }
    if (chosen < 12) return { accountId, kind: 'INCREMENT', content: named }
    const { originalId: _, ...unlinked } = booked
    const content = random.chance(0.7) ? booked : unlinked
    if (chosen < 15) return { accountId, kind: 'ADVISE', content }
    const request = random.chance(0.5) ? { request: true as const } : {}
    return { accountId, kind: 'REFUND', content: { ...content, ...request } }
  }

  #reversal(accountId: AccountId, transactionId: string, known?: TransactionId): Operation {
    const random = this.#random
    const isEarly = known === undefined && random.chance(0.35)
    const originalId = known ?? (isEarly ? this.#future() : this.#originalId(accountId))
    // Most early reversals are partial: several of them then leave a part of the purchase.
    const amount = random.chance(isEarly ? 0.8 : 0.5) ? { amount: this.#amount() } : {}
    // With equal amounts, it reverses a purchase of exactly that amount.
    const described = random.chance(0.05) ? amount : this.#described()
    const advice = random.chance(0.2) ? { advice: true as const } : {}
    const content = { transactionId, originalId, described, ...amount, ...advice }
    return { accountId, kind: 'REVERSE', content }
  }

  /** The id of an earlier purchase, seldom of another operation, or of a future one. */
  #originalId(accountId: AccountId): TransactionId {
    const random = this.#random
    const isAny = random.chance(0.15)
    const known = this.#asked.filter(
      (operation) => operation.accountId === accountId && (isAny || operation.kind === 'BUY'),
    )
    const original = this.#earlier(known)
    return original && random.chance(0.7) ? idOf(original) : this.#future()
  }

  /** The id of one of the next three operations, often the same one again. */
  #future(): TransactionId {
    const random = this.#random
    const isStillAhead = this.#ahead > this.#number
    if (!isStillAhead || random.chance(0.4)) this.#ahead = this.#number + 1 + random.below(3)
    return `t${this.#ahead}`
  }

  #described(): PurchaseDescription {
    return this.#random.chance(0.9) ? {} : { amount: this.#amount() }
  }

  #amount(): Centavos {
    return this.#random.pick([amounts[0] ?? centavos(1n), ...amounts])
  }
}
