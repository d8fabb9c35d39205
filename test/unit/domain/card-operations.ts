import fc from 'fast-check'
import type { Entry } from '../../../src/domain/entry.js'
import type { CardAccount } from './card-account.js'

/** An operation on a card account, under an id of its own. */
export type Operation = {
  readonly name: string
  readonly days: number
  readonly run: (card: CardAccount, transactionId: string) => Entry | undefined
}

// Few values of everything, so that purchases meet their captures, wallets run dry and limits are reached.
export const purchases = ['tx-1', 'tx-2', 'tx-3'] as const
export const wallets = ['FOOD', 'MEAL', 'CASH'] as const
const anyAmount = fc.bigInt({ min: 1n, max: 60n })
const anyOriginal = fc.constantFrom(...purchases)
const anyMcc = fc.constantFrom('5411', '5411', '5812', '5999')
const optionally = fc.boolean()

const anyRun: fc.Arbitrary<Omit<Operation, 'days'>> = fc
  .record({ amount: anyAmount, originalId: anyOriginal, mcc: anyMcc, a: optionally, b: optionally })
  .chain(({ amount, originalId, mcc, a, b }) =>
    fc.constantFrom<Omit<Operation, 'days'>>(
      ...[
        {
          name: `buy ${originalId} ${amount} ${mcc}`,
          run: (card: CardAccount) =>
            unlessRejected(() => card.buy({ transactionId: originalId, amount, mcc })),
        },
        {
          name: `hold ${originalId} ${amount} ${mcc}`,
          run: (card: CardAccount) =>
            unlessRejected(() => card.hold({ transactionId: originalId, amount, mcc })),
        },
      ].flatMap((one) => [one, one, one]),
      {
        name: `increment ${originalId} ${amount}`,
        run: (card, transactionId) => card.increment({ transactionId, originalId, amount }),
      },
      ...[1, 2].map(() => ({
        name: `capture ${originalId} ${amount} ${mcc}${a ? ' with more to come' : ''}`,
        run: (card: CardAccount, transactionId: string) =>
          card.capture({ transactionId, originalId, amount, mcc, ...(a && { moreToCome: true }) }),
      })),
      {
        name: `advise ${amount} ${mcc}${a ? ` of ${originalId}` : ''}`,
        run: (card, transactionId) => card.advise({ transactionId, amount, mcc, ...(a && { originalId }) }),
      },
      {
        name: `advise ${originalId} ${amount} ${mcc}, under its own id`,
        run: (card) => unlessRejected(() => card.advise({ transactionId: originalId, amount, mcc })),
      },
      {
        name: `refund ${amount} ${mcc}${a ? ` of ${originalId}` : ''}${b ? ', asked' : ''}`,
        run: (card, transactionId) =>
          card.refundAny({
            transactionId,
            amount,
            mcc,
            ...(a && { originalId }),
            ...(b && { request: true }),
          }),
      },
      {
        name: `reverse ${originalId} ${a ? amount : 'whole'}${b ? ', advice' : ''}`,
        run: (card, transactionId) =>
          card.reverse({ transactionId, originalId, ...(a && { amount }), ...(b && { advice: true }) }),
      },
      {
        name: `credit ${amount}${a ? ', pays owed' : ''}`,
        run: (card, transactionId) =>
          unlessRejected(() => card.credit({ transactionId, amount, ...(a && { paysOwed: true }) })),
      },
    ),
  )

export const anyOperation: fc.Arbitrary<Operation> = fc
  .record({ operation: anyRun, days: fc.constantFrom(0, 0, 0, 0, 1, 1, 4, 7, -1) })
  .map(({ operation, days }) => ({
    ...operation,
    days,
    [fc.toStringMethod]: () => `${operation.name} +${days}`,
  }))

/** Runs an operation whose id may have been used with other content, or a credit of a closed account. */
function unlessRejected(run: () => Entry): Entry | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no answer')) return undefined
    throw error
  }
}
