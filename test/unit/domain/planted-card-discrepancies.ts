import type { DiscrepancyKind } from '../../../src/domain/discrepancy.js'
import { type Found, put } from './audit-fixture.js'
import {
  counting,
  damaged,
  listing,
  misnamed,
  moving,
  paidAgain,
  paying,
  plus,
  TODAY,
  twoDebts,
  twoHolds,
  withRest,
} from './card-damage.js'

/** Books with one planted discrepancy, by kind and by what is wrong. */
export type Planted<Kind extends DiscrepancyKind> = Readonly<Record<Kind, Readonly<Record<string, Found>>>>

/** Damage of books with holds, bookings and refunds. */
export const plantedInCards = {
  HELD_DIFFERS: {
    'a centavo too much': damaged(twoHolds, { account: ({ held }) => ({ held: plus(held, { FOOD: 1n }) }) }),
    'the held money is gone': damaged(twoHolds, { account: () => ({ held: new Map() }) }),
  },
  OWED_DIFFERS: {
    'the debt is forgotten': damaged(twoDebts, { account: () => ({ owed: new Map() }) }),
    'a wallet owes what nobody booked': damaged(twoHolds, {
      account: ({ owed }) => ({ owed: plus(owed, { CASH: 1n }) }),
    }),
  },
  HOLDS_DIFFER: {
    'an open hold is missing in the list': damaged(twoHolds, {
      account: ({ holds }) => ({ holds: holds.slice(1) }),
    }),
    'an ended hold is still in the list': damaged((card) => card.hold(), {
      account: ({ holds }) => ({ holds: [...holds, ...holds.map((hold) => ({ ...hold, id: 'tx-9' }))] }),
    }),
    'a hold is listed twice': damaged(twoHolds, {
      account: ({ holds }) => ({ holds: [...holds, ...holds.slice(0, 1)] }),
    }),
    'a part of a hold counts as captured': listing({ captured: 1n }),
    'a part of a hold counts as released': listing({ released: 1n }),
    'a hold is on another wallet': listing({ wallet: 'CASH' }),
    'a hold expires at another time': listing({ expiresAt: new Date(0) }),
    'a hold is counted on another day': listing({ counted: [{ day: '2026-01-01', amount: 100n }] }),
    'a part of a hold is not counted': listing({ counted: [{ day: TODAY, amount: 99n }] }),
  },
  HOLD_WRONG: {
    'a captured hold expired': misnamed(' expiry tx-2', (card) => card.wait(7).expire('tx-2'), {
      transactionId: ' expiry tx-1',
    }),
    'a capture is doubled': misnamed('second', (card) =>
      card.capture({ transactionId: 'second', originalId: 'tx-2' }),
    ),
    'the rest is counted twice: it went back after the capture': misnamed('second', (card) =>
      card.reverse({ transactionId: 'second', originalId: 'tx-2' }),
    ),
    'a hold that had ended was raised': misnamed('second', (card) =>
      card.increment({ transactionId: 'second', originalId: 'tx-2' }),
    ),
    'more was captured than the rest': damaged(
      (card) => {
        twoHolds(card)
        card.captureSome({ transactionId: 'some', amount: 60n })
        card.capture({ transactionId: 'more', amount: 40n })
      },
      {
        entries: {
          more: moving(
            { wallet: 'FOOD', delta: 0n, balanceAfter: 800n, heldDelta: -41n, heldAfter: 99n },
            { amount: 41n },
          ),
        },
        account: ({ held, holds }) => ({
          held: plus(held, { FOOD: -1n }),
          holds: [withRest, ...holds],
        }),
      },
    ),
  },
  EXPIRY_EARLY: {
    'the hold lasted longer': damaged(
      (card) => {
        card.hold()
        card.wait(7).expire()
      },
      {
        entries: {
          'tx-1': (entry) => put({ heldUntil: new Date(entry.at.getTime() + 7 * 86_400_000 + 1) })(entry),
        },
      },
    ),
  },
  CAPTURE_WRONG: {
    'a final capture left the rest held': damaged(
      (card) => {
        card.hold()
        card.capture({ transactionId: 'less', amount: 60n })
      },
      {
        entries: {
          less: moving(
            { wallet: 'FOOD', delta: 0n, balanceAfter: 900n, heldDelta: -60n, heldAfter: 40n },
            { day: undefined },
          ),
        },
        account: (account) => ({
          wallets: plus(account.wallets, { FOOD: -40n }),
          held: plus(account.held, { FOOD: 40n }),
          spent: counting(account, { FOOD: 40n }),
          holds: [withRest],
        }),
      },
    ),
    'a purchase that was paid at once was paid again': paidAgain('capture'),
    'an advice of an approved purchase was paid again': paidAgain('advise'),
    'it was taken from another wallet': damaged(
      (card) => {
        card.hold()
        card.reverse()
        card.capture({ transactionId: 'late' })
      },
      {
        entries: { late: moving({ wallet: 'CASH', delta: -100n, balanceAfter: 400n }) },
        account: (account) => ({
          wallets: plus(account.wallets, { FOOD: 100n, CASH: -100n }),
          spent: counting(account, { FOOD: -100n, CASH: 100n }),
        }),
      },
    ),
  },
  CAPTURE_IGNORED: {
    'the captured purchase was paid again': damaged(
      (card) => {
        card.capture({ transactionId: 'early' })
        card.buy()
      },
      {
        entries: { 'tx-1': paying(-100n, 800n) },
        account: (account) => ({
          wallets: plus(account.wallets, { FOOD: -100n }),
          spent: counting(account, { FOOD: 100n }),
        }),
      },
    ),
    'the part that was captured was paid again': damaged(
      (card) => {
        card.captureSome({ transactionId: 'early', amount: 30n })
        card.buy()
      },
      {
        entries: { 'tx-1': paying(-100n, 870n) },
        account: (account) => ({
          wallets: plus(account.wallets, { FOOD: -30n }),
          spent: counting(account, { FOOD: 30n }),
        }),
      },
    ),
    'the purchase was paid from another wallet than its capture': damaged(
      (card) => {
        card.captureSome({ transactionId: 'early', amount: 30n })
        card.buy()
      },
      {
        entries: { 'tx-1': moving({ wallet: 'CASH', delta: -70n, balanceAfter: 430n }) },
        account: (account) => ({
          wallets: plus(account.wallets, { FOOD: 70n, CASH: -70n }),
          spent: counting(account, { FOOD: -70n, CASH: 70n }),
        }),
      },
    ),
    'the purchase was there before its capture': damaged(
      (card) => {
        card.buy({ amount: 9_000n })
        card.capture({ transactionId: 'forced' })
      },
      {
        entries: { forced: put({ reason: 'CAPTURED_UNSEEN' }) },
        account: () => ({ hasEarlyCapture: true }),
      },
    ),
    'the purchase was there before its advice': damaged(
      (card) => {
        card.buy({ amount: 9_000n })
        card.advise({ transactionId: 'forced', originalId: 'tx-1' })
      },
      { entries: { forced: put({ reason: 'ADVISED' }) }, account: () => ({ hasEarlyCapture: true }) },
    ),
  },
  EARLY_CAPTURE_FORGOTTEN: {
    'a capture came before its purchase': damaged((card) => card.capture(), {
      account: () => ({ hasEarlyCapture: false }),
    }),
    'an advice came before its purchase': damaged((card) => card.advise({ originalId: 'tx-1' }), {
      account: () => ({ hasEarlyCapture: false }),
    }),
  },
  REFUND_WRONG: {
    'it went to another wallet': damaged(
      (card) => {
        card.buy()
        card.refund({ transactionId: 'back' })
      },
      {
        entries: { back: moving({ wallet: 'CASH', delta: 100n, balanceAfter: 600n }) },
        account: ({ wallets }) => ({ wallets: plus(wallets, { FOOD: -100n, CASH: 100n }) }),
      },
    ),
    'it names its purchase, and its MCC has chosen the wallet': damaged(
      (card) => {
        card.buy()
        card.refund({ transactionId: 'back' })
      },
      { entries: { back: put({ effectiveMcc: '5411' }) } },
    ),
    'its purchase has no wallet, and no MCC has chosen one': damaged(
      (card) => card.refund({ transactionId: 'back' }),
      { entries: { back: put({ effectiveMcc: undefined }) } },
    ),
    'it names no purchase, and no MCC has chosen a wallet': damaged(
      (card) => card.refundAny({ transactionId: 'back' }),
      { entries: { back: put({ effectiveMcc: undefined }) } },
    ),
  },
  DEBT_WRONG: {
    'the debt of another purchase was cancelled': damaged(
      (card) => {
        twoDebts(card)
        card.refund({ transactionId: 'back-1' })
        card.refund({ transactionId: 'back-2' })
      },
      {
        entries: {
          'back-2': moving({ wallet: 'FOOD', delta: 0n, balanceAfter: 0n, owedDelta: -100n, owedAfter: 0n }),
        },
        account: ({ wallets, owed }) => ({
          wallets: plus(wallets, { FOOD: -100n }),
          owed: plus(owed, { FOOD: -100n }),
        }),
      },
    ),
    'a part of the debt became spendable': damaged(
      (card) => {
        twoDebts(card)
        card.refund({ transactionId: 'back' })
      },
      {
        entries: {
          back: moving({ wallet: 'FOOD', delta: 40n, balanceAfter: 40n, owedDelta: -60n, owedAfter: 140n }),
        },
        account: ({ wallets, owed }) => ({
          wallets: plus(wallets, { FOOD: 40n }),
          owed: plus(owed, { FOOD: 40n }),
        }),
      },
    ),
    'a credit that pays the debt left it': damaged(
      (card) => {
        twoDebts(card)
        card.credit({ transactionId: 'pay', paysOwed: true })
      },
      {
        entries: { pay: moving({ wallet: 'FOOD', delta: 100n, balanceAfter: 100n }) },
        account: ({ wallets, owed }) => ({
          wallets: plus(wallets, { FOOD: 100n }),
          owed: plus(owed, { FOOD: 100n }),
        }),
      },
    ),
  },
  REASON_WRONG: {
    'a capture of a declined purchase is late': damaged(
      (card) => {
        card.buy({ amount: 9_000n })
        card.capture({ transactionId: 'forced' })
      },
      { entries: { forced: put({ reason: 'CAPTURED_LATE' }) } },
    ),
    'an increment does not find the open hold': damaged(
      (card) => {
        card.hold()
        card.increment({ transactionId: 'more', amount: 9_000n })
      },
      { entries: { more: put({ reason: 'HOLD_NOT_OPEN' }) } },
    ),
    'an increment finds a hold that has ended': damaged((card) => card.increment({ transactionId: 'more' }), {
      entries: { more: put({ reason: 'INSUFFICIENT_BALANCE' }) },
    }),
    'a refund of too much is one of less': damaged(
      (card) => {
        card.buy()
        card.refund({ transactionId: 'back', amount: 101n })
      },
      { entries: { back: put({ reason: 'REFUNDED' }) } },
    ),
    'an advice of a reversed purchase finds it captured': damaged(
      (card) => {
        card.reverse()
        card.advise({ transactionId: 'forced', originalId: 'tx-1' })
      },
      { entries: { forced: put({ reason: 'ALREADY_CAPTURED' }) } },
    ),
    'a purchase without captures is captured before': damaged((card) => card.buy({ amount: 9_000n }), {
      entries: { 'tx-1': put({ reason: 'ALREADY_CAPTURED' }) },
    }),
    'a purchase without reversals is reversed before': damaged((card) => card.buy({ amount: 9_000n }), {
      entries: { 'tx-1': put({ reason: 'ALREADY_REVERSED' }) },
    }),
    'a reversal finds nothing left of a hold': damaged(
      (card) => {
        card.hold()
        card.reverse({ transactionId: 'back', amount: 101n })
      },
      { entries: { back: put({ reason: 'ALREADY_REVERSED' }) } },
    ),
    'a purchase is declined because of a block that nobody set': damaged(
      (card) => card.buy({ amount: 9_000n }),
      {
        entries: { 'tx-1': put({ reason: 'ACCOUNT_BLOCKED' }) },
      },
    ),
    'a blocked account pays': damaged((card) => card.buy(), {
      entries: {
        'fund-CASH': put({
          kind: 'ADMIN',
          action: 'STATUS',
          status: 'BLOCKED',
          subject: 'eva',
          movement: undefined,
        }),
      },
      account: ({ wallets }) => ({ wallets: plus(wallets, { CASH: -500n }) }),
    }),
  },
} as const satisfies Partial<Planted<DiscrepancyKind>>

/** More damage in cards, of kinds that are also planted in books without holds. */
export const alsoPlantedInCards = {
  DAYS_WRONG: {
    'an expiry gave no day back': damaged(
      (card) => {
        card.hold()
        card.wait(7).expire()
      },
      {
        entries: { ' expiry tx-1': put({ day: undefined }) },
        account: (account) => ({ spent: counting(account, { FOOD: 100n }) }),
      },
    ),
    'a final capture gave the rest back to another day': damaged(
      (card) => {
        card.hold()
        card.capture({ transactionId: 'less', amount: 60n })
      },
      {
        entries: { less: put({ day: '2025-12-31' }) },
        account: (account) => ({ spent: counting(account, { FOOD: 40n }) }),
      },
    ),
    'a late capture counts on no day': damaged((card) => card.capture({ transactionId: 'late' }), {
      entries: { late: put({ day: undefined }) },
      account: () => ({ spent: new Map() }),
    }),
  },
  BALANCE_AFTER_WRONG: {
    'of held money': damaged((card) => card.hold(), {
      entries: {
        'tx-1': moving({
          wallet: 'FOOD',
          delta: -100n,
          balanceAfter: 900n,
          heldDelta: 100n,
          heldAfter: 101n,
        }),
      },
    }),
    'of owed money': damaged(
      (card) => {
        twoDebts(card)
        card.credit({ transactionId: 'pay', paysOwed: true })
      },
      {
        entries: {
          pay: moving({ wallet: 'FOOD', delta: 0n, balanceAfter: 0n, owedDelta: -100n, owedAfter: 99n }),
        },
      },
    ),
  },
  REVERSAL_WRONG: {
    'spent money went back before held money': damaged(
      (card) => {
        card.hold()
        card.captureSome({ transactionId: 'some', amount: 60n })
        card.reverse({ transactionId: 'back', amount: 40n })
      },
      {
        entries: { back: moving({ wallet: 'FOOD', delta: 40n, balanceAfter: 940n }) },
        account: ({ held }) => ({
          held: plus(held, { FOOD: 40n }),
          holds: [withRest],
        }),
      },
    ),
  },
  MOVEMENT_WRONG: {
    'a confirmed capture took money': damaged(
      (card) => {
        card.buy()
        card.refund()
        card.capture({ transactionId: 'confirm' })
      },
      {
        entries: { confirm: moving({ wallet: 'FOOD', delta: -100n, balanceAfter: 900n }, { day: TODAY }) },
        account: (account) => ({
          wallets: plus(account.wallets, { FOOD: -100n }),
          spent: counting(account, { FOOD: 100n }),
        }),
      },
    ),
    'a capture owed money that its wallet had': damaged((card) => card.capture({ transactionId: 'late' }), {
      entries: {
        late: moving({ wallet: 'FOOD', delta: -60n, balanceAfter: 940n, owedDelta: 40n, owedAfter: 40n }),
      },
      account: ({ wallets, owed }) => ({
        wallets: plus(wallets, { FOOD: 40n }),
        owed: plus(owed, { FOOD: 40n }),
      }),
    }),
    'a hold expires and was not asked for': damaged((card) => card.hold(), {
      entries: { 'tx-1': put({ hold: undefined }) },
    }),
    'a refund gave back another amount': damaged(
      (card) => {
        card.buy()
        card.refund({ transactionId: 'back' })
      },
      { entries: { back: put({ amount: 99n }) } },
    ),
    'a declined increment held money': damaged(
      (card) => {
        card.hold()
        card.increment({ transactionId: 'more' })
      },
      { entries: { more: put({ reason: 'INSUFFICIENT_BALANCE' }) } },
    ),
    'an advice spent more than its amount': damaged((card) => card.advise({ transactionId: 'forced' }), {
      entries: { forced: put({ amount: 99n }) },
    }),
    'a credit paid a debt unasked': damaged(
      (card) => {
        twoDebts(card)
        card.credit({ transactionId: 'pay', paysOwed: true })
      },
      { entries: { pay: put({ paysOwed: undefined }) } },
    ),
  },
} as const satisfies Partial<Planted<DiscrepancyKind>>
