import type { Random } from '../../../tools/random.js'
import type { Answer, Hold, Of, Operation, Sale } from './operation.js'

/** Purchases that are kept for later operations. */
const PURCHASES_MAX = 500
/** An amount that no wallet covers, in centavos. */
const TOO_MUCH = 999_999_999_999

/** Holds that fall due under the load, and holds that stay open. */
const holds: readonly Hold[] = [{ seconds: 1 }, { seconds: 4 }, { seconds: 2_678_400 }, {}]

export type CardRailOptions = {
  readonly ask: (operation: Operation, random: Random) => Promise<Answer | undefined>
  readonly newId: () => string
  /** A purchase that is paid at once, with a new id, on an account that is often used. */
  readonly newPurchase: (random: Random) => Of<'authorize'>
}

/**
 * What the card rail sends after a purchase, before it, or in its place: increments, captures in part, final,
 * over, late and unseen, advices, refunds and reversals, in any order and concurrently.
 */
export class CardRailLoad {
  readonly #options: CardRailOptions
  readonly #purchases: Of<'authorize'>[] = []

  constructor(options: CardRailOptions) {
    this.#options = options
  }

  /** Plays one scene with a random purchase, new or old. */
  async play(random: Random): Promise<void> {
    const dice = random.below(100)
    if (dice < 50) return await this.#hold(random)
    if (dice < 70) return await this.#followLate(random)
    if (dice < 85) return await this.#comeFirst(random)
    if (dice < 92) return await this.#overrule(random)
    if (dice < 97) return await this.#adviseUnasked(random)
    await this.#refundUnlinked(random)
  }

  /** Keeps an approved purchase for later operations. */
  remember(purchase: Of<'authorize'>, random: Random): void {
    const place =
      this.#purchases.length < PURCHASES_MAX ? this.#purchases.length : random.below(PURCHASES_MAX)
    this.#purchases[place] = purchase
  }

  /** Holds the amount of a purchase, and lets something follow at once or later. */
  async #hold(random: Random): Promise<void> {
    const purchase = { ...this.#options.newPurchase(random), hold: random.pick(holds) }
    const answer = await this.#options.ask(purchase, random)
    if (answer?.entry.reason !== 'REASON_APPROVED') return
    this.remember(purchase, random)
    for (let scenes = random.below(3); scenes > 0; scenes--) await this.#follow(purchase, random)
  }

  /** Lets something follow an old purchase, whatever has become of it. */
  async #followLate(random: Random): Promise<void> {
    if (this.#purchases.length > 0) await this.#follow(random.pick(this.#purchases), random)
  }

  /** Lets captures, advices or reversals come before their purchase, or at the same time. */
  async #comeFirst(random: Random): Promise<void> {
    const purchase = this.#options.newPurchase(random)
    const late = random.chance(0.5) ? purchase : { ...purchase, hold: random.pick(holds) }
    const early = this.#operation(random.pick(unasked), purchase, random)
    if (random.chance(0.5)) await this.#options.ask(early, random)
    await Promise.all([this.#options.ask(late, random), this.#options.ask(early, random.fork())])
    this.remember(late, random)
  }

  /** Books a purchase that was declined. */
  async #overrule(random: Random): Promise<void> {
    const purchase = this.#options.newPurchase(random)
    await this.#options.ask({ ...purchase, amount: TOO_MUCH }, random)
    const bookings = random.shuffled([captureOf(100), advise]).slice(random.below(2))
    for (const content of bookings)
      await this.#options.ask(this.#operation(content, purchase, random), random)
  }

  /** Books a purchase that nobody has asked for, and lets something follow. */
  async #adviseUnasked(random: Random): Promise<void> {
    const purchase = this.#options.newPurchase(random)
    await this.#options.ask({ ...purchase, kind: 'advise' }, random)
    this.remember(purchase, random)
    await this.#follow(purchase, random)
  }

  async #refundUnlinked(random: Random): Promise<void> {
    const { accountId, id, ...sale } = this.#options.newPurchase(random)
    const isRequest = random.chance(0.3)
    await this.#options.ask({ ...sale, kind: 'refund', accountId, id, isRequest }, random)
  }

  /** Sends one operation on a purchase, or two different ones at once. */
  async #follow(purchase: Of<'authorize'>, random: Random): Promise<void> {
    const chosen = random.shuffled(followUps).slice(0, random.chance(0.3) ? 2 : 1)
    await Promise.all(
      chosen.map((content) => this.#options.ask(this.#operation(content, purchase, random), random.fork())),
    )
  }

  #operation(content: Content, purchase: Of<'authorize'>, random: Random): Operation {
    const { accountId, id: originalId, amount, mcc, merchant } = purchase
    // A restaurant may capture more than it holds. The wallet stays that of the purchase.
    const sale = { amount, mcc: random.pick([mcc, '5812']), merchant }
    return { ...content({ ...sale, originalId }, random), accountId, id: this.#options.newId() }
  }
}

type Original = Sale & { readonly originalId: string }
type WithoutIds<Any> = Any extends Operation ? Omit<Any, 'accountId' | 'id'> : never
type Content = (original: Original, random: Random) => WithoutIds<Operation>

/** A capture of so much of the purchase, in percent. */
function captureOf(percent: number): Content {
  return (original) => ({
    ...original,
    kind: 'capture',
    amount: shareOf(original, percent),
    moreToCome: false,
  })
}

const captureSome: Content = (original, random) => {
  return { ...original, kind: 'capture', amount: partOf(original, random), moreToCome: true }
}

const advise: Content = (original) => ({ ...original, kind: 'advise' })

const increment: Content = ({ originalId }, random) => {
  return { kind: 'increment', originalId, amount: random.between({ min: 1, max: 1_000 }) }
}

const refundSome: Content = (original, random) => {
  return { ...original, kind: 'refund', amount: partOf(original, random), isRequest: random.chance(0.5) }
}

const refundOver: Content = (original, random) => {
  return { ...original, kind: 'refund', amount: shareOf(original, 120), isRequest: random.chance(0.3) }
}

const reverseSome: Content = (original, random) => {
  const { originalId } = original
  return { kind: 'reverse', originalId, amount: partOf(original, random), isAdvice: random.chance(0.5) }
}

const reverseAll: Content = ({ originalId }, random) => {
  return { kind: 'reverse', originalId, isAdvice: random.chance(0.5) }
}

/** What may follow a purchase. Names that occur twice are twice as likely. */
const followUps: readonly Content[] = [
  ...[increment, increment, captureSome, captureSome],
  ...[captureOf(100), captureOf(60), captureOf(110), captureOf(150)],
  ...[refundSome, refundOver, reverseSome, reverseAll, advise],
]

/** What may come before its purchase. */
const unasked: readonly Content[] = [
  captureSome,
  captureOf(100),
  captureOf(60),
  advise,
  reverseSome,
  refundSome,
]

/** A part of the amount of a purchase, in centavos. */
function partOf({ amount }: Sale, random: Random): number {
  return random.between({ min: 1, max: amount })
}

function shareOf({ amount }: Sale, percent: number): number {
  return Math.ceil((amount * percent) / 100)
}
