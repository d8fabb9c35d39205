import { CardAccount } from '../unit/domain/card-account.js'

/** A course of messages on one wallet, which a time line shows. */
export type Scenario = {
  /** Name of the picture. */
  readonly name: string
  readonly wallet: string
  /** Balance before the first step, in reais. */
  readonly opening: number
  readonly steps: readonly Step[]
}

type Step = {
  /** Days after the first one. */
  readonly day: number
  /** The call, and what is special about it. */
  readonly call: readonly string[]
  /** Sends the message, and returns its entry. */
  readonly send: (card: CardAccount) => object
}

/** A wallet after a step. Amounts are reais. */
export type Moment = {
  readonly day: number
  readonly call: readonly string[]
  /** Reason of the answer. */
  readonly reason: string
  readonly available: number
  readonly held: number
  readonly owed: number
}

const restaurant = { mcc: '5812' }
const hotel = { mcc: '7011' }
const station = { mcc: '5541' }
const second = { transactionId: 'tx-2' }
const ofSecond = { originalId: 'tx-2' }

/** The time lines of the guide to the card rail. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'tip',
    wallet: 'MEAL',
    opening: 150,
    steps: [
      step(0, ['Authorize 100', 'hold'], (card) => card.hold({ ...restaurant, ...reais(100) })),
      step(1, ['Capture 115'], (card) => card.capture({ ...restaurant, ...reais(115) })),
    ],
  },
  {
    name: 'hotel',
    wallet: 'CASH',
    opening: 1_000,
    steps: [
      step(0, ['Authorize 300', 'hold'], (card) => card.hold({ ...hotel, ...reais(300) })),
      step(1, ['Increment 300'], (card) => card.increment(reais(300))),
      step(2, ['Increment 300'], (card) => card.increment(reais(300))),
      step(3, ['Capture 850'], (card) => card.capture({ ...hotel, ...reais(850) })),
    ],
  },
  {
    name: 'fuel',
    wallet: 'CASH',
    opening: 500,
    steps: [
      step(0, ['Authorize 1', 'hold'], (card) => card.hold({ ...station, ...reais(1) })),
      step(1, ['Capture 180'], (card) => card.capture({ ...station, ...reais(180) })),
      step(4, ['Authorize 200', 'hold'], (card) => card.hold({ ...station, ...second, ...reais(200) })),
      step(5, ['Capture 150'], (card) => card.capture({ ...station, ...ofSecond, ...reais(150) })),
    ],
  },
  {
    name: 'parts',
    wallet: 'FOOD',
    opening: 300,
    steps: [
      step(0, ['Authorize 200', 'hold'], (card) => card.hold(reais(200))),
      step(1, ['Capture 80', 'more_to_come'], (card) => card.captureSome(reais(80))),
      step(3, ['Capture 70'], (card) => card.capture(reais(70))),
    ],
  },
  {
    name: 'late',
    wallet: 'FOOD',
    opening: 150,
    steps: [
      step(0, ['Authorize 100', 'hold'], (card) => card.hold(reais(100))),
      step(7, ['(expiry)'], (card) => expiryOf(card)),
      step(8, ['Authorize 90'], (card) => card.buy({ ...second, ...reais(90) })),
      step(9, ['Capture 100'], (card) => card.capture(reais(100))),
      step(30, ['Credit 150', 'pays_owed'], (card) => card.credit({ ...reais(150), paysOwed: true })),
    ],
  },
  {
    name: 'offline',
    wallet: 'FOOD',
    opening: 50,
    steps: [
      step(0, ['Advise 80'], (card) => card.advise({ transactionId: 'tx-1', ...reais(80) })),
      step(1, ['Capture 80'], (card) => card.capture(reais(80))),
    ],
  },
  {
    name: 'refund',
    wallet: 'FOOD',
    opening: 150,
    steps: [
      step(0, ['Authorize 100', 'hold'], (card) => card.hold(reais(100))),
      step(1, ['Capture 100'], (card) => card.capture(reais(100))),
      step(5, ['Refund 40', 'original'], (card) => card.refund(reais(40))),
      step(6, ['Refund 25', 'no original'], (card) => card.refundAny(reais(25))),
    ],
  },
]

/** Lets the domain decide a scenario, and returns the wallet before it and after each step. */
export function momentsOf({ wallet, opening, steps }: Scenario): readonly Moment[] {
  const card = new CardAccount({ [wallet]: reais(opening).amount })
  const first = { day: 0, call: [], reason: '', ...standingOf(card, wallet) }
  let today = 0
  const later = steps.map(({ day, call, send }) => {
    card.wait(day - today)
    today = day
    const entry = send(card)
    const reason = 'reason' in entry ? String(entry.reason) : ''
    return { day, call, reason, ...standingOf(card, wallet) }
  })
  return [first, ...later]
}

function standingOf(card: CardAccount, wallet: string) {
  const { available, held, owed } = card.standing(wallet)
  return { available: Number(available) / 100, held: Number(held) / 100, owed: Number(owed) / 100 }
}

function expiryOf(card: CardAccount): object {
  const verdict = card.expire()
  if (verdict.type !== 'RECORD') throw new Error(`the hold does not expire: ${verdict.type}`)
  return verdict.entry
}

function step(day: number, call: readonly string[], send: Step['send']): Step {
  return { day, call, send }
}

function reais(whole: number): { readonly amount: bigint } {
  return { amount: BigInt(whole) * 100n }
}
