import { expect } from 'chai'
import fc from 'fast-check'
import type { Account, AccountHistory } from '../../../src/domain/account.js'
import { decideCapture } from '../../../src/domain/capture.js'
import { sumOfDays } from '../../../src/domain/counted-days.js'
import {
  type CaptureEntry,
  committedBy,
  countedDaysOf,
  decisionOf,
  type Entry,
  isFollowUp,
  type Movement,
  movementOf,
  type TransactionId,
} from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import { restOf } from '../../../src/domain/open-hold.js'
import { restIn, stateOf } from '../../../src/domain/purchase-sums.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { challengeCatalog, historyOf, padaria } from './builders.js'
import { CardAccount } from './card-account.js'
import { anyOperation, purchases, wallets } from './card-operations.js'

const anyStart = fc.record({
  balances: fc.record({
    FOOD: fc.bigInt({ min: 0n, max: 300n }),
    MEAL: fc.bigInt({ min: 0n, max: 100n }),
    CASH: fc.bigInt({ min: 0n, max: 150n }),
  }),
  dayMax: fc.option(fc.bigInt({ min: 20n, max: 150n })),
  status: fc.constantFrom<Account['status']>(...Array<'ACTIVE'>(8).fill('ACTIVE'), 'BLOCKED', 'CLOSED'),
  operations: fc.array(anyOperation, { minLength: 1, maxLength: 25 }),
})

type Start = typeof anyStart extends fc.Arbitrary<infer T> ? T : never

/** Plays the operations, and checks the fact after each of them. */
function check(fact: (card: CardAccount, start: Start) => void): void {
  fc.assert(
    fc.property(anyStart, (start) => play(start, (card) => fact(card, start))),
    { numRuns: 300 },
  )
}

function play({ balances, dayMax, status, operations }: Start, after: (card: CardAccount) => void): void {
  const limits = {
    wallets: new Map(dayMax === null ? [] : [['FOOD', { day: centavos(dayMax) }] as const]),
  }
  const card = new CardAccount(balances, { status, limits })
  for (const [index, { days, run }] of operations.entries()) {
    card.wait(days)
    const entry = run(card, `step-${index}`)
    // A repeat of the same request gives the stored answer, and changes nothing.
    const { length } = card.past
    if (entry) expect(run(card, `step-${index}`)).to.equal(entry)
    expect(card.past).to.have.length(length)
    after(card)
  }
}

/** The sum of one part of all movements of a wallet. */
function sumOver(past: readonly Entry[], wallet: string, part: (movement: Movement) => bigint): bigint {
  return past
    .map(movementOf)
    .filter((movement) => movement !== undefined)
    .filter((movement) => movement.wallet === wallet)
    .reduce((sum, movement) => sum + part(movement), 0n)
}

function captureOn(history: AccountHistory, originalId: TransactionId, at: Date): Verdict<CaptureEntry> {
  const capture = {
    transactionId: 'probe',
    originalId,
    amount: centavos(30n),
    mcc: '5411',
    merchant: padaria,
  }
  return decideCapture(history, capture, challengeCatalog, at, utcCalendar)
}

function reasonOf(verdict: Verdict<CaptureEntry>): string {
  return verdict.type === 'RECORD' ? verdict.entry.reason : verdict.type
}

describe('any sequence of operations of the card rail', () => {
  it('leaves available, held and owed at zero or above, each the sum of its movements', () => {
    check((card, { balances }) => {
      for (const wallet of wallets) {
        const { available, held, owed } = card.standing(wallet)
        expect(available).to.equal(balances[wallet] + sumOver(card.past, wallet, ({ delta }) => delta))
        expect(held).to.equal(sumOver(card.past, wallet, ({ heldDelta = 0n }) => heldDelta))
        expect(owed).to.equal(sumOver(card.past, wallet, ({ owedDelta = 0n }) => owedDelta))
        expect([available, held, owed].every((amount) => amount >= 0n)).to.equal(true)
      }
    })
  })

  it('leaves open holds that are what their entries add up to, and that add up to the held money', () => {
    check((card) => {
      const { holds } = card.account
      for (const wallet of wallets) {
        const rests = holds.filter((hold) => hold.wallet === wallet).map(restOf)
        expect(rests.reduce((sum, rest) => sum + rest, 0n)).to.equal(card.standing(wallet).held)
      }
      for (const id of purchases) {
        const hold = holds.find((one) => one.id === id)
        const sums = card.sums(id)
        expect(restIn(sums)).to.equal(hold ? restOf(hold) : 0n)
        expect(sums.heldDays).to.deep.equal(hold?.counted ?? [])
        expect(stateOf(sums) === 'HELD').to.equal(hold !== undefined)
      }
    })
  })

  it('balances the sums of each purchase, none of them below zero', () => {
    check((card) => {
      for (const id of purchases) {
        const { wallet: _, isFinal: _final, heldDays, spentDays, ...amounts } = card.sums(id)
        const { authorized, incremented, captured, excess, released, reversed, expired } = amounts
        expect(Object.values(amounts).every((amount) => amount >= 0n)).to.equal(true)
        expect(authorized + incremented + excess).to.equal(captured + released + sumOfDays(heldDays))
        expect(reversed <= captured && expired <= released).to.equal(true)
        expect(sumOfDays(spentDays)).to.equal(captured - reversed)
      }
    })
  })

  it('decides a capture by the entries since the hold was last open', () => {
    let late = 0
    fc.assert(
      fc.property(anyStart, (start) => {
        const openUntil = new Map<TransactionId, number>()
        play(start, (card) => {
          for (const { id } of card.account.holds) openUntil.set(id, card.past.length)
          for (const [id, length] of openUntil) {
            const whole = card.history()
            const recent = {
              ...whole,
              followUpsOf: historyOf(card.account, card.past.slice(length)).followUpsOf,
            }
            const expected = captureOn(whole, id, card.now)
            expect(captureOn(recent, id, card.now)).to.deep.equal(expected)
            if (
              recent.followUpsOf(id).length < whole.followUpsOf(id).length &&
              reasonOf(expected) === 'CAPTURED_LATE'
            )
              late += 1
          }
        })
      }),
      { numRuns: 300 },
    )
    expect(late, 'late captures with more entries before').to.be.above(0)
  })

  it('keeps each purchase on one wallet', () => {
    check((card) => {
      for (const id of purchases) {
        const { wallet } = card.sums(id)
        const own = card.past.filter(
          (entry) => entry.transactionId === id || (isFollowUp(entry) && entry.originalId === id),
        )
        const used = own
          .filter((entry) => !('reason' in entry && entry.reason === 'REFUNDED_UNLINKED'))
          .flatMap((entry) => movementOf(entry)?.wallet ?? [])
        expect([...new Set(used)]).to.deep.equal(wallet === undefined ? [] : [wallet])
      }
    })
  })

  it('counts on the latest day of a wallet what its entries count there', () => {
    check((card) => {
      for (const [wallet, { day, dayAmount, monthAmount }] of card.account.spent) {
        const amountOn = (fits: (day: string) => boolean) =>
          card.past.reduce((sum, entry) => {
            const movement = movementOf(entry)
            if (movement?.wallet !== wallet) return sum
            const amount = sumOfDays(countedDaysOf(entry).filter((one) => fits(one.day)))
            return committedBy(movement) > 0n ? sum + amount : sum - amount
          }, 0n)
        expect(dayAmount).to.equal(amountOn((one) => one === day))
        expect(monthAmount).to.equal(amountOn((one) => one.slice(0, 7) === day.slice(0, 7)))
      }
    })
  })

  it('approves no question past the daily limit', () => {
    check(({ past, account }, { dayMax }) => {
      const last = past.at(-1)
      if (dayMax === null || !last || (last.kind !== 'AUTHORIZATION' && last.kind !== 'INCREMENT')) return
      if (last.movement?.wallet !== 'FOOD') return
      const counted = account.spent.get('FOOD')?.dayAmount ?? 0n
      expect(counted <= dayMax, `counted ${counted}`).to.equal(true)
    })
  })

  it('declines no booking, and answers no advice of a reversal with a decline', () => {
    check(({ past }) => {
      const bookings = past.filter(
        (entry) =>
          entry.kind === 'CAPTURE' ||
          entry.kind === 'ADVICE' ||
          entry.kind === 'EXPIRY' ||
          (entry.kind === 'REFUND' && !entry.request) ||
          (entry.kind === 'REVERSAL' && entry.advice),
      )
      expect(bookings.map(decisionOf)).to.deep.equal(bookings.map(() => 'APPROVED'))
    })
  })

  it('expires a hold once, and not before its time', () => {
    check(({ past }) => {
      const expiries = past.filter((entry) => entry.kind === 'EXPIRY')
      const ids = expiries.map(({ originalId }) => originalId)
      expect(new Set(ids).size).to.equal(ids.length)
      for (const { originalId, at } of expiries) {
        const hold = past.find((entry) => entry.transactionId === originalId)
        expect(hold?.kind === 'AUTHORIZATION' && hold.heldUntil && hold.heldUntil <= at).to.equal(true)
      }
    })
  })

  it('gives back no more than was spent, except by booked refunds', () => {
    check((card) => {
      for (const id of purchases) {
        const { captured, reversed, refunded } = card.sums(id)
        const booked = card.past
          .filter((entry) => entry.kind === 'REFUND' && entry.originalId === id && !entry.request)
          .reduce((sum, entry) => sum - committedBy(movementOf(entry) as Movement), 0n)
        expect(reversed + refunded - booked <= captured).to.equal(true)
      }
    })
  })
})
