import type { Standing, Step } from './card-steps.js'

/** A row of the table: its steps on an account with 10.00 in FOOD, and what the last one did. */
export type Row = {
  readonly row: string
  readonly steps: Step
  readonly effect: string
  /** What the last step spent. */
  readonly spent: bigint
  readonly after: Standing
  /** Balance of FOOD at the start; absent for 10.00. */
  readonly balance?: bigint
}

/** The table "What the card rail sends", row by row. */
export const table: readonly Row[] = [
  {
    row: 'Authorize without a hold',
    steps: (card) => [card.buy()],
    effect: 'APPROVED FOOD -100 held 0 owed 0',
    spent: 100n,
    after: { available: 900n, held: 0n, owed: 0n, counted: 100n },
  },
  {
    row: 'Authorize with a hold',
    steps: (card) => [card.hold()],
    effect: 'APPROVED FOOD -100 held 100 owed 0',
    spent: 0n,
    after: { available: 900n, held: 100n, owed: 0n, counted: 100n },
  },
  {
    row: 'Increment, on the wallet of the hold',
    steps: (card) => [card.hold(), card.increment({ amount: 30n })],
    effect: 'APPROVED FOOD -30 held 30 owed 0',
    spent: 0n,
    after: { available: 870n, held: 130n, owed: 0n, counted: 130n },
  },
  {
    row: 'Reverse while held, in part',
    steps: (card) => [card.hold(), card.reverse({ amount: 40n })],
    effect: 'APPROVED FOOD 40 held -40 owed 0',
    spent: 0n,
    after: { available: 940n, held: 60n, owed: 0n, counted: 60n },
  },
  {
    row: 'Expiry of the rest',
    steps: (card) => [card.hold(), card.captureSome({ amount: 60n }), card.wait(7).expire()],
    effect: 'EXPIRED FOOD 40 held -40 owed 0',
    spent: 0n,
    after: { available: 940n, held: 0n, owed: 0n, counted: 60n },
  },
  {
    row: 'Capture of the rest',
    steps: (card) => [card.hold(), card.capture()],
    effect: 'CAPTURED FOOD 0 held -100 owed 0',
    spent: 100n,
    after: { available: 900n, held: 0n, owed: 0n, counted: 100n },
  },
  {
    row: 'Capture of less with more to come',
    steps: (card) => [card.hold(), card.captureSome({ amount: 30n })],
    effect: 'CAPTURED FOOD 0 held -30 owed 0',
    spent: 30n,
    after: { available: 900n, held: 70n, owed: 0n, counted: 100n },
  },
  {
    row: 'Capture of less, final',
    steps: (card) => [card.hold(), card.capture({ amount: 30n })],
    effect: 'CAPTURED FOOD 70 held -100 owed 0',
    spent: 30n,
    after: { available: 970n, held: 0n, owed: 0n, counted: 30n },
  },
  {
    row: 'Capture of more, which the wallet covers',
    steps: (card) => [card.hold(), card.capture({ amount: 150n })],
    effect: 'CAPTURED_OVER_TOLERANCE FOOD -50 held -100 owed 0',
    spent: 150n,
    after: { available: 850n, held: 0n, owed: 0n, counted: 150n },
  },
  {
    row: 'Capture of more, which the wallet lacks',
    balance: 120n,
    steps: (card) => [card.hold(), card.capture({ amount: 150n })],
    effect: 'CAPTURED_OVER_TOLERANCE FOOD -20 held -100 owed 30',
    spent: 150n,
    after: { available: 0n, held: 0n, owed: 30n, counted: 150n },
  },
  {
    row: 'Capture after the expiry',
    steps: (card) => [card.hold(), card.wait(7).capture()],
    effect: 'CAPTURED_LATE FOOD -100 held 0 owed 0',
    spent: 100n,
    after: { available: 900n, held: 0n, owed: 0n, counted: 100n },
  },
  {
    row: 'Capture after a full reversal',
    steps: (card) => [card.hold(), card.reverse(), card.capture()],
    effect: 'CAPTURED_LATE FOOD -100 held 0 owed 0',
    spent: 100n,
    after: { available: 900n, held: 0n, owed: 0n, counted: 100n },
  },
  {
    row: 'Capture after a final capture',
    balance: 130n,
    steps: (card) => [card.hold(), card.capture(), card.capture({ amount: 50n })],
    effect: 'CAPTURED_LATE FOOD -30 held 0 owed 20',
    spent: 50n,
    after: { available: 0n, held: 0n, owed: 20n, counted: 150n },
  },
  {
    row: 'Capture of a purchase never seen',
    balance: 70n,
    steps: (card) => [card.capture()],
    effect: 'CAPTURED_UNSEEN FOOD -70 held 0 owed 30',
    spent: 100n,
    after: { available: 0n, held: 0n, owed: 30n, counted: 100n },
  },
  {
    row: 'Advise',
    balance: 70n,
    steps: (card) => [card.advise()],
    effect: 'ADVISED FOOD -70 held 0 owed 30',
    spent: 100n,
    after: { available: 0n, held: 0n, owed: 30n, counted: 100n },
  },
  {
    row: 'Refund, linked: to the wallet that paid',
    steps: (card) => [card.buy(), card.refund({ amount: 40n, mcc: '5811' })],
    effect: 'REFUNDED FOOD 40 held 0 owed 0',
    spent: -40n,
    after: { available: 940n, held: 0n, owed: 0n, counted: 100n },
  },
  {
    row: 'Refund, unlinked: to the benefit wallet of its MCC',
    steps: (card) => [card.refundAny({ amount: 40n })],
    effect: 'REFUNDED_UNLINKED FOOD 40 held 0 owed 0',
    spent: -40n,
    after: { available: 1_040n, held: 0n, owed: 0n, counted: 0n },
  },
  {
    row: 'Reverse after a capture',
    steps: (card) => [card.hold(), card.capture(), card.reverse({ amount: 40n })],
    effect: 'APPROVED FOOD 40 held 0 owed 0',
    spent: -40n,
    after: { available: 940n, held: 0n, owed: 0n, counted: 60n },
  },
]
