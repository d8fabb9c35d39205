import type { Step } from './card-steps.js'

/** Two operations that can race. Each order has its effects, and leaves FOOD with these amounts. */
export type Race = {
  readonly race: string
  /** Balance of FOOD at the start; absent for 10.00. */
  readonly balance?: bigint
  /** What happens before; absent for nothing. */
  readonly before?: Step
  readonly one: Step
  readonly other: Step
  readonly oneFirst: Outcome
  readonly otherFirst: Outcome
}

/** The effects of both, then: available, held, owed and counted. */
export type Outcome = readonly [first: string, second: string, amounts: string]

const hold: Step = (card) => card.hold()
const buy: Step = (card) => card.buy()
const capture: Step = (card) => card.capture()
const reverse: Step = (card) => card.reverse()
const refund: Step = (card) => card.refund()
const advise: Step = (card) => card.advise({ originalId: 'tx-1' })
const reverseAsAdvice: Step = (card) => card.reverse({ advice: true })
/** The sweeper, after the hold is due. */
const expiry: Step = (card) => card.expire()
/** A minute before the hold is due. */
const almostDue: Step = (card) => {
  card.hold()
  card.wait(7 - 1 / 1_440)
}
/** The minute that makes the hold due. */
const due: Step = (card) => card.wait(1 / 1_440).expire()
const decline: Step = (card) => {
  card.set({ status: 'BLOCKED' })
  card.buy()
  card.set({ status: 'ACTIVE' })
}

/** Every pair of operations that can race. */
export const races: readonly Race[] = [
  {
    race: 'capture and expiry',
    before: almostDue,
    one: capture,
    other: due,
    oneFirst: ['CAPTURED FOOD 0 held -100 owed 0', 'no entry', '900 0 0 100'],
    otherFirst: ['EXPIRED FOOD 100 held -100 owed 0', 'CAPTURED_LATE FOOD -100 held 0 owed 0', '900 0 0 100'],
  },
  {
    race: 'partial capture and expiry',
    before: almostDue,
    one: (card) => card.captureSome({ amount: 30n }),
    other: due,
    oneFirst: ['CAPTURED FOOD 0 held -30 owed 0', 'EXPIRED FOOD 70 held -70 owed 0', '970 0 0 30'],
    otherFirst: ['EXPIRED FOOD 100 held -100 owed 0', 'CAPTURED_LATE FOOD -30 held 0 owed 0', '970 0 0 30'],
  },
  {
    race: 'increment and expiry',
    before: almostDue,
    one: (card) => card.increment(),
    other: due,
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'EXPIRED FOOD 200 held -200 owed 0', '1000 0 0 0'],
    otherFirst: ['EXPIRED FOOD 100 held -100 owed 0', 'HOLD_NOT_OPEN, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'reversal and expiry',
    before: almostDue,
    one: reverse,
    other: due,
    oneFirst: ['APPROVED FOOD 100 held -100 owed 0', 'no entry', '1000 0 0 0'],
    otherFirst: ['EXPIRED FOOD 100 held -100 owed 0', 'ALREADY_REVERSED, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'two expiries',
    before: (card) => {
      card.hold()
      card.wait(7)
    },
    one: expiry,
    other: expiry,
    oneFirst: ['EXPIRED FOOD 100 held -100 owed 0', 'no entry', '1000 0 0 0'],
    otherFirst: ['EXPIRED FOOD 100 held -100 owed 0', 'no entry', '1000 0 0 0'],
  },
  {
    race: 'purchase and its final capture',
    one: buy,
    other: capture,
    oneFirst: ['APPROVED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
    otherFirst: ['CAPTURED_UNSEEN FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'purchase and a partial capture of it',
    one: buy,
    other: (card) => card.captureSome({ amount: 30n }),
    oneFirst: ['APPROVED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
    otherFirst: ['CAPTURED_UNSEEN FOOD -30 held 0 owed 0', 'APPROVED FOOD -70 held 0 owed 0', '900 0 0 100'],
  },
  {
    race: 'hold and its final capture',
    one: hold,
    other: capture,
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'CAPTURED FOOD 0 held -100 owed 0', '900 0 0 100'],
    otherFirst: ['CAPTURED_UNSEEN FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'hold and a smaller final capture of it',
    one: hold,
    other: (card) => card.capture({ amount: 30n }),
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'CAPTURED FOOD 70 held -100 owed 0', '970 0 0 30'],
    otherFirst: ['CAPTURED_UNSEEN FOOD -30 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '970 0 0 30'],
  },
  {
    race: 'hold and a partial capture of it',
    one: hold,
    other: (card) => card.captureSome({ amount: 30n }),
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'CAPTURED FOOD 0 held -30 owed 0', '900 70 0 100'],
    otherFirst: [
      'CAPTURED_UNSEEN FOOD -30 held 0 owed 0',
      'APPROVED FOOD -70 held 70 owed 0',
      '900 70 0 100',
    ],
  },
  {
    race: 'hold and a larger capture of it',
    one: hold,
    other: (card) => card.capture({ amount: 120n }),
    oneFirst: [
      'APPROVED FOOD -100 held 100 owed 0',
      'CAPTURED_OVER_TOLERANCE FOOD -20 held -100 owed 0',
      '880 0 0 120',
    ],
    otherFirst: ['CAPTURED_UNSEEN FOOD -120 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '880 0 0 120'],
  },
  {
    race: 'two final captures',
    before: hold,
    one: (card) => card.capture({ amount: 60n }),
    other: (card) => card.capture({ amount: 40n }),
    oneFirst: ['CAPTURED FOOD 40 held -100 owed 0', 'CAPTURED_LATE FOOD -40 held 0 owed 0', '900 0 0 100'],
    otherFirst: ['CAPTURED FOOD 60 held -100 owed 0', 'CAPTURED_LATE FOOD -60 held 0 owed 0', '900 0 0 100'],
  },
  {
    race: 'partial and final capture',
    before: hold,
    one: (card) => card.captureSome({ amount: 60n }),
    other: (card) => card.capture({ amount: 40n }),
    oneFirst: ['CAPTURED FOOD 0 held -60 owed 0', 'CAPTURED FOOD 0 held -40 owed 0', '900 0 0 100'],
    otherFirst: ['CAPTURED FOOD 60 held -100 owed 0', 'CAPTURED_LATE FOOD -60 held 0 owed 0', '900 0 0 100'],
  },
  {
    race: 'increment and final capture',
    before: hold,
    one: (card) => card.increment({ amount: 50n }),
    other: (card) => card.capture({ amount: 150n, mcc: '5812' }),
    oneFirst: ['APPROVED FOOD -50 held 50 owed 0', 'CAPTURED FOOD 0 held -150 owed 0', '850 0 0 150'],
    otherFirst: [
      'CAPTURED_OVER_TOLERANCE FOOD -50 held -100 owed 0',
      'HOLD_NOT_OPEN, nothing moved',
      '850 0 0 150',
    ],
  },
  {
    race: 'increment and its hold',
    one: hold,
    other: (card) => card.increment({ amount: 50n }),
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'APPROVED FOOD -50 held 50 owed 0', '850 150 0 150'],
    otherFirst: ['HOLD_NOT_OPEN, nothing moved', 'APPROVED FOOD -100 held 100 owed 0', '900 100 0 100'],
  },
  {
    race: 'increment and full reversal',
    before: hold,
    one: (card) => card.increment({ amount: 50n }),
    other: reverse,
    oneFirst: ['APPROVED FOOD -50 held 50 owed 0', 'APPROVED FOOD 150 held -150 owed 0', '1000 0 0 0'],
    otherFirst: ['APPROVED FOOD 100 held -100 owed 0', 'HOLD_NOT_OPEN, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'full reversal and capture of a hold',
    before: hold,
    one: reverse,
    other: capture,
    oneFirst: ['APPROVED FOOD 100 held -100 owed 0', 'CAPTURED_LATE FOOD -100 held 0 owed 0', '900 0 0 100'],
    otherFirst: ['CAPTURED FOOD 0 held -100 owed 0', 'APPROVED FOOD 100 held 0 owed 0', '1000 0 0 0'],
  },
  {
    race: 'partial reversal and partial capture of a hold',
    before: hold,
    one: (card) => card.reverse({ amount: 40n }),
    other: (card) => card.captureSome({ amount: 60n }),
    oneFirst: ['APPROVED FOOD 40 held -40 owed 0', 'CAPTURED FOOD 0 held -60 owed 0', '940 0 0 60'],
    otherFirst: ['CAPTURED FOOD 0 held -60 owed 0', 'APPROVED FOOD 40 held -40 owed 0', '940 0 0 60'],
  },
  {
    race: 'full reversal and capture of a paid purchase',
    before: buy,
    one: reverse,
    other: capture,
    oneFirst: ['APPROVED FOOD 100 held 0 owed 0', 'CAPTURED_LATE FOOD -100 held 0 owed 0', '900 0 0 100'],
    otherFirst: ['ALREADY_CAPTURED, nothing moved', 'APPROVED FOOD 100 held 0 owed 0', '1000 0 0 0'],
  },
  {
    race: 'full reversal and hold',
    one: hold,
    other: reverse,
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'APPROVED FOOD 100 held -100 owed 0', '1000 0 0 0'],
    otherFirst: ['REVERSED_BEFORE_PURCHASE, nothing moved', 'ALREADY_REVERSED, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'partial reversal and hold',
    one: hold,
    other: (card) => card.reverse({ amount: 40n }),
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'APPROVED FOOD 40 held -40 owed 0', '940 60 0 60'],
    otherFirst: [
      'REVERSED_BEFORE_PURCHASE, nothing moved',
      'APPROVED FOOD -60 held 60 owed 0',
      '940 60 0 60',
    ],
  },
  {
    race: 'partial reversal and hold, after an early partial capture',
    before: (card) => card.captureSome({ amount: 10n }),
    one: hold,
    other: (card) => card.reverse({ amount: 15n }),
    oneFirst: ['APPROVED FOOD -90 held 90 owed 0', 'APPROVED FOOD 15 held -15 owed 0', '915 75 0 85'],
    otherFirst: [
      'REVERSED_BEFORE_PURCHASE FOOD 10 held 0 owed 0',
      'APPROVED FOOD -85 held 85 owed 0',
      '915 85 0 85',
    ],
  },
  {
    race: 'full reversal and hold, after an early partial capture',
    before: (card) => card.captureSome({ amount: 10n }),
    one: hold,
    other: reverse,
    oneFirst: ['APPROVED FOOD -90 held 90 owed 0', 'APPROVED FOOD 100 held -90 owed 0', '1000 0 0 0'],
    otherFirst: [
      'REVERSED_BEFORE_PURCHASE FOOD 10 held 0 owed 0',
      'ALREADY_REVERSED, nothing moved',
      '1000 0 0 0',
    ],
  },
  {
    race: 'full reversal and capture of a purchase never seen',
    one: reverse,
    other: capture,
    oneFirst: [
      'REVERSED_BEFORE_PURCHASE, nothing moved',
      'CAPTURED_UNSEEN FOOD -100 held 0 owed 0',
      '900 0 0 100',
    ],
    otherFirst: [
      'CAPTURED_UNSEEN FOOD -100 held 0 owed 0',
      'REVERSED_BEFORE_PURCHASE FOOD 100 held 0 owed 0',
      '1000 0 0 0',
    ],
  },
  {
    race: 'refund and capture',
    before: hold,
    one: refund,
    other: capture,
    oneFirst: ['REFUNDED_OVER FOOD 100 held 0 owed 0', 'CAPTURED FOOD 0 held -100 owed 0', '1000 0 0 100'],
    otherFirst: ['CAPTURED FOOD 0 held -100 owed 0', 'REFUNDED FOOD 100 held 0 owed 0', '1000 0 0 100'],
  },
  {
    race: 'refund and purchase',
    one: refund,
    other: buy,
    oneFirst: [
      'REFUNDED_UNLINKED FOOD 100 held 0 owed 0',
      'APPROVED FOOD -100 held 0 owed 0',
      '1000 0 0 100',
    ],
    otherFirst: ['APPROVED FOOD -100 held 0 owed 0', 'REFUNDED FOOD 100 held 0 owed 0', '1000 0 0 100'],
  },
  {
    race: 'refund and full reversal',
    before: buy,
    one: refund,
    other: reverse,
    oneFirst: ['REFUNDED FOOD 100 held 0 owed 0', 'ALREADY_REVERSED, nothing moved', '1000 0 0 100'],
    otherFirst: ['APPROVED FOOD 100 held 0 owed 0', 'REFUNDED_OVER FOOD 100 held 0 owed 0', '1100 0 0 0'],
  },
  {
    race: 'refund that was asked, and full reversal',
    before: buy,
    one: (card) => card.refund({ request: true }),
    other: reverse,
    oneFirst: ['REFUNDED FOOD 100 held 0 owed 0', 'ALREADY_REVERSED, nothing moved', '1000 0 0 100'],
    otherFirst: ['APPROVED FOOD 100 held 0 owed 0', 'AMOUNT_OVER_REMAINDER, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'refund and expiry',
    before: almostDue,
    one: refund,
    other: due,
    oneFirst: ['REFUNDED_OVER FOOD 100 held 0 owed 0', 'EXPIRED FOOD 100 held -100 owed 0', '1100 0 0 0'],
    otherFirst: ['EXPIRED FOOD 100 held -100 owed 0', 'REFUNDED_OVER FOOD 100 held 0 owed 0', '1100 0 0 0'],
  },
  {
    race: 'two refunds that were asked',
    before: buy,
    one: (card) => card.refund({ request: true, amount: 60n }),
    other: (card) => card.refund({ request: true, amount: 50n }),
    oneFirst: ['REFUNDED FOOD 60 held 0 owed 0', 'AMOUNT_OVER_REMAINDER, nothing moved', '960 0 0 100'],
    otherFirst: ['REFUNDED FOOD 50 held 0 owed 0', 'AMOUNT_OVER_REMAINDER, nothing moved', '950 0 0 100'],
  },
  {
    race: 'purchase and its advice',
    one: buy,
    other: advise,
    oneFirst: ['APPROVED FOOD -100 held 0 owed 0', 'ALREADY_APPROVED, nothing moved', '900 0 0 100'],
    otherFirst: ['ADVISED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'hold and its advice',
    one: hold,
    other: advise,
    oneFirst: ['APPROVED FOOD -100 held 100 owed 0', 'ALREADY_APPROVED, nothing moved', '900 100 0 100'],
    otherFirst: ['ADVISED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'declined purchase and its advice',
    one: decline,
    other: advise,
    oneFirst: ['ACCOUNT_BLOCKED, nothing moved', 'ADVICE_OVERRIDES FOOD -100 held 0 owed 0', '900 0 0 100'],
    otherFirst: ['ADVISED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'declined purchase and its capture',
    one: decline,
    other: capture,
    oneFirst: [
      'ACCOUNT_BLOCKED, nothing moved',
      'CAPTURED_AFTER_DECLINE FOOD -100 held 0 owed 0',
      '900 0 0 100',
    ],
    otherFirst: ['CAPTURED_UNSEEN FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'advice and capture of a declined purchase',
    before: decline,
    one: advise,
    other: capture,
    oneFirst: ['ADVICE_OVERRIDES FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
    otherFirst: [
      'CAPTURED_AFTER_DECLINE FOOD -100 held 0 owed 0',
      'ALREADY_CAPTURED, nothing moved',
      '900 0 0 100',
    ],
  },
  {
    race: 'advice and capture of a purchase never seen',
    one: advise,
    other: capture,
    oneFirst: ['ADVISED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
    otherFirst: ['CAPTURED_UNSEEN FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'two advices of a purchase',
    one: advise,
    other: advise,
    oneFirst: ['ADVISED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
    otherFirst: ['ADVISED FOOD -100 held 0 owed 0', 'ALREADY_CAPTURED, nothing moved', '900 0 0 100'],
  },
  {
    race: 'advice and full reversal',
    one: advise,
    other: reverse,
    oneFirst: [
      'ADVISED FOOD -100 held 0 owed 0',
      'REVERSED_BEFORE_PURCHASE FOOD 100 held 0 owed 0',
      '1000 0 0 0',
    ],
    otherFirst: ['REVERSED_BEFORE_PURCHASE, nothing moved', 'ADVICE_REVERSED, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'advice of a declined purchase and its full reversal as an advice',
    before: decline,
    one: advise,
    other: reverseAsAdvice,
    oneFirst: ['ADVICE_OVERRIDES FOOD -100 held 0 owed 0', 'APPROVED FOOD 100 held 0 owed 0', '1000 0 0 0'],
    otherFirst: ['ORIGINAL_DECLINED, nothing moved', 'ADVICE_REVERSED, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'advice of a declined purchase and its partial reversal as an advice',
    before: decline,
    one: advise,
    other: (card) => card.reverse({ amount: 40n, advice: true }),
    oneFirst: ['ADVICE_OVERRIDES FOOD -100 held 0 owed 0', 'APPROVED FOOD 40 held 0 owed 0', '940 0 0 60'],
    otherFirst: ['ORIGINAL_DECLINED, nothing moved', 'ADVICE_OVERRIDES FOOD -60 held 0 owed 0', '940 0 0 60'],
  },
  {
    race: 'advice of a declined purchase and its full reversal, after a partial capture',
    before: (card) => [decline(card), card.captureSome({ amount: 30n })],
    one: advise,
    other: reverse,
    oneFirst: ['ADVICE_OVERRIDES FOOD -70 held 0 owed 0', 'APPROVED FOOD 100 held 0 owed 0', '1000 0 0 0'],
    otherFirst: ['APPROVED FOOD 30 held 0 owed 0', 'ADVICE_REVERSED, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'advice of a declined purchase and a reversal as an advice of more than its capture',
    before: (card) => [decline(card), card.captureSome({ amount: 30n })],
    one: advise,
    other: (card) => card.reverse({ amount: 80n, advice: true }),
    oneFirst: ['ADVICE_OVERRIDES FOOD -70 held 0 owed 0', 'APPROVED FOOD 80 held 0 owed 0', '980 0 0 20'],
    otherFirst: ['APPROVED FOOD 30 held 0 owed 0', 'ADVICE_OVERRIDES FOOD -20 held 0 owed 0', '980 0 0 20'],
  },
  {
    race: 'advice of a declined purchase and a reversal as an advice, after its capture was reversed',
    before: (card) => [
      decline(card),
      card.captureSome({ amount: 30n }),
      card.reverse({ amount: 30n, advice: true }),
    ],
    one: advise,
    other: (card) => card.reverse({ amount: 40n, advice: true }),
    oneFirst: ['ADVICE_OVERRIDES FOOD -70 held 0 owed 0', 'APPROVED FOOD 40 held 0 owed 0', '970 0 0 30'],
    otherFirst: ['ALREADY_REVERSED, nothing moved', 'ADVICE_OVERRIDES FOOD -30 held 0 owed 0', '970 0 0 30'],
  },
  {
    race: 'advice of a declined purchase and a reversal as an advice of more than all of it',
    before: (card) => [decline(card), card.captureSome({ amount: 30n })],
    one: advise,
    other: (card) => card.reverse({ amount: 120n, advice: true }),
    oneFirst: ['ADVICE_OVERRIDES FOOD -70 held 0 owed 0', 'APPROVED FOOD 100 held 0 owed 0', '1000 0 0 0'],
    otherFirst: ['APPROVED FOOD 30 held 0 owed 0', 'ADVICE_REVERSED, nothing moved', '1000 0 0 0'],
  },
  {
    race: 'advice and refund',
    one: advise,
    other: refund,
    oneFirst: ['ADVISED FOOD -100 held 0 owed 0', 'REFUNDED FOOD 100 held 0 owed 0', '1000 0 0 100'],
    otherFirst: [
      'REFUNDED_UNLINKED FOOD 100 held 0 owed 0',
      'ADVISED FOOD -100 held 0 owed 0',
      '1000 0 0 100',
    ],
  },
  {
    race: 'capture without a balance, and a credit that pays what is owed',
    balance: 0n,
    one: capture,
    other: (card) => card.credit({ amount: 150n, paysOwed: true }),
    oneFirst: ['CAPTURED_UNSEEN FOOD 0 held 0 owed 100', 'CREDIT FOOD 50 held 0 owed -100', '50 0 0 100'],
    otherFirst: ['CREDIT FOOD 150 held 0 owed 0', 'CAPTURED_UNSEEN FOOD -100 held 0 owed 0', '50 0 0 100'],
  },
  {
    race: 'capture without a balance, and another credit',
    balance: 0n,
    one: capture,
    other: (card) => card.credit({ amount: 150n }),
    oneFirst: ['CAPTURED_UNSEEN FOOD 0 held 0 owed 100', 'CREDIT FOOD 150 held 0 owed 0', '150 0 100 100'],
    otherFirst: ['CREDIT FOOD 150 held 0 owed 0', 'CAPTURED_UNSEEN FOOD -100 held 0 owed 0', '50 0 0 100'],
  },
]
