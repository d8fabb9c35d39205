/**
 * The steps that tests of the card rail take, on an account of the domain or over the wire. By default the
 * purchase is `tx-1`, of 1.00, in a grocery (FOOD, then CASH), and a hold lasts 7 days.
 */
export type CardSteps = {
  buy(over?: Over): unknown
  hold(over?: Over): unknown
  increment(over?: Over): unknown
  capture(over?: Over): unknown
  /** Captures a part, with more to come. */
  captureSome(over?: Over): unknown
  advise(over?: Over): unknown
  refund(over?: Over): unknown
  /** Refunds without naming a purchase. */
  refundAny(over?: Over): unknown
  reverse(over?: Over): unknown
  credit(over?: Over): unknown
  /** Lets the sweeper look at `tx-1`. */
  expire(): unknown
  /** Lets days pass. */
  wait(days: number): CardSteps
  set(over: { readonly status: 'ACTIVE' | 'BLOCKED' }): unknown
}

/** One or more steps. */
export type Step = (card: CardSteps) => unknown

/** The fields of a request that differ from the defaults. Amounts are in centavos. */
export type Over = {
  readonly amount?: bigint
  readonly originalId?: string
  readonly mcc?: string
  readonly request?: true
  readonly advice?: true
  readonly paysOwed?: true
}

/** The parts of a wallet, and what its latest day counts, in centavos. */
export type Standing = {
  readonly available: bigint
  readonly held: bigint
  readonly owed: bigint
  readonly counted: bigint
}

/** A step as data: the name of the method, and its argument. */
export type RecordedStep =
  | { readonly name: Exclude<keyof CardSteps, 'wait' | 'set' | 'expire'>; readonly over: Over }
  | { readonly name: 'wait'; readonly days: number }
  | { readonly name: 'set'; readonly status: 'ACTIVE' | 'BLOCKED' }
  | { readonly name: 'expire' }

/** Lists the steps without taking them, for an account whose steps take time. */
export function recorded(step: Step): readonly RecordedStep[] {
  const steps: RecordedStep[] = []
  const asked =
    (name: Exclude<keyof CardSteps, 'wait' | 'set' | 'expire'>) =>
    (over: Over = {}) =>
      steps.push({ name, over })
  const recorder: CardSteps = {
    buy: asked('buy'),
    hold: asked('hold'),
    increment: asked('increment'),
    capture: asked('capture'),
    captureSome: asked('captureSome'),
    advise: asked('advise'),
    refund: asked('refund'),
    refundAny: asked('refundAny'),
    reverse: asked('reverse'),
    credit: asked('credit'),
    expire: () => steps.push({ name: 'expire' }),
    wait: (days) => {
      steps.push({ name: 'wait', days })
      return recorder
    },
    set: ({ status }) => steps.push({ name: 'set', status }),
  }
  step(recorder)
  return steps
}
