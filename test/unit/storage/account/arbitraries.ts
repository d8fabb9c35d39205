import fc from 'fast-check'
import { type Account, applyEntry, unopenedAccount } from '../../../../src/domain/account.js'
import type { CountedDays } from '../../../../src/domain/counted-days.js'
import type {
  AdminEntry,
  AdviceEntry,
  AuthorizationEntry,
  CaptureEntry,
  CreditEntry,
  Entry,
  ExpiryEntry,
  IncrementEntry,
  Movement,
  RefundEntry,
  ReversalEntry,
} from '../../../../src/domain/entry.js'
import type { Limits, WalletLimits } from '../../../../src/domain/limits.js'
import { AMOUNT_MAX, BALANCE_MAX, centavos } from '../../../../src/domain/money.js'
import type { OpenHold } from '../../../../src/domain/open-hold.js'
import { reasons } from '../../../../src/domain/reason.js'
import type { Spending } from '../../../../src/domain/spending.js'
import { networkData } from '../../../support/network-data.js'

const amount = fc.bigInt({ min: 1n, max: AMOUNT_MAX }).map(centavos)
const mcc = fc.stringMatching(/^\d{4}$/)
const wallet = fc.constantFrom('FOOD', 'MEAL', 'CASH')
const status = fc.constantFrom('UNOPENED' as const, 'ACTIVE' as const, 'BLOCKED' as const, 'CLOSED' as const)

const recorded = {
  accountId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/),
  transactionId: fc.stringMatching(/^[!-~]{1,128}$/),
  seq: fc.bigInt({ min: 1n, max: BALANCE_MAX }),
  at: fc.date({ noInvalidDate: true }),
}

const movement: fc.Arbitrary<Movement> = fc.record({
  wallet,
  delta: fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX }).filter((delta) => delta !== 0n),
  balanceAfter: fc.bigInt({ min: 0n, max: BALANCE_MAX }).map(centavos),
})

const delta = fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX })
const after = fc.bigInt({ min: 0n, max: BALANCE_MAX }).map(centavos)
/** A movement that may also change held and owed money. */
const partedMovement: fc.Arbitrary<Movement> = fc
  .record({
    whole: fc.record({ wallet, delta, balanceAfter: after }),
    held: fc.option(fc.record({ heldDelta: delta, heldAfter: after })),
    owed: fc.option(fc.record({ owedDelta: delta, owedAfter: after })),
  })
  .map(({ whole, held, owed }) => ({ ...whole, ...held, ...owed }))

const day = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))
const countedDays: fc.Arbitrary<CountedDays> = fc.array(
  fc.record({ day, amount }, { noNullPrototype: true }),
  {
    minLength: 1,
    maxLength: 3,
  },
)
const limit = fc.bigInt({ min: 0n, max: BALANCE_MAX }).map(centavos)
const walletLimits: fc.Arbitrary<WalletLimits> = fc.record(
  { day: limit, month: limit },
  { requiredKeys: [], noNullPrototype: true },
)
const spending: fc.Arbitrary<Spending> = fc.record(
  { day, dayAmount: limit, monthAmount: limit },
  { noNullPrototype: true },
)
const limits: fc.Arbitrary<Limits> = fc.record(
  {
    purchase: limit,
    wallets: fc.array(fc.tuple(wallet, walletLimits)).map((pairs) => new Map(pairs)),
  },
  { requiredKeys: ['wallets'] },
)

export const authorizationEntry: fc.Arbitrary<AuthorizationEntry> = fc.record(
  {
    ...recorded,
    kind: fc.constant('AUTHORIZATION' as const),
    reason: fc.constantFrom(...reasons),
    amount,
    mcc,
    merchant: fc.string({ unit: 'grapheme', maxLength: 99 }),
    effectiveMcc: mcc,
    merchantRule: fc.string({ minLength: 1 }),
    fallback: fc.constant('NEVER' as const),
    network: networkData,
    approvalCode: fc.stringMatching(/^[0-9A-Z]{6}$/),
    verification: fc.constant(true as const),
    verifiedWallet: wallet,
    hold: fc.record({ expiresInSeconds: fc.nat() }, { requiredKeys: [], noNullPrototype: true }),
    heldUntil: recorded.at,
    movement,
    day,
  },
  {
    requiredKeys: [
      'accountId',
      'transactionId',
      'seq',
      'at',
      'kind',
      'reason',
      'amount',
      'mcc',
      'merchant',
      'effectiveMcc',
    ],
  },
)

/** An authorization whose movement may hold money. */
export const heldEntry: fc.Arbitrary<AuthorizationEntry> = fc
  .tuple(authorizationEntry, partedMovement)
  .map(([entry, held]) => ({ ...entry, movement: held }))

const flag = fc.constant(true as const)
const followUp = { ...recorded, reason: fc.constantFrom(...reasons), originalId: recorded.transactionId }
const booking = {
  ...followUp,
  amount,
  mcc,
  merchant: fc.string({ unit: 'grapheme', maxLength: 99 }),
  network: networkData,
  effectiveMcc: mcc,
  merchantRule: fc.string({ minLength: 1 }),
  catalogVersion: fc.bigInt({ min: 1n, max: BALANCE_MAX }),
  movement: partedMovement,
}
const required = ['accountId', 'transactionId', 'seq', 'at', 'kind', 'reason'] as const

export const incrementEntry: fc.Arbitrary<IncrementEntry> = fc.record(
  {
    ...followUp,
    kind: fc.constant('INCREMENT' as const),
    amount,
    network: networkData,
    movement: partedMovement,
    approvalCode: fc.stringMatching(/^[0-9A-Z]{6}$/),
    day,
  },
  { requiredKeys: [...required, 'originalId', 'amount'] },
)

export const captureEntry: fc.Arbitrary<CaptureEntry> = fc.record(
  { ...booking, kind: fc.constant('CAPTURE' as const), moreToCome: flag, day, days: countedDays },
  { requiredKeys: [...required, 'originalId', 'amount', 'mcc', 'merchant'] },
)

export const adviceEntry: fc.Arbitrary<AdviceEntry> = fc.record(
  { ...booking, kind: fc.constant('ADVICE' as const), fallback: fc.constant('NEVER' as const), day },
  { requiredKeys: [...required, 'amount', 'mcc', 'merchant'] },
)

export const refundEntry: fc.Arbitrary<RefundEntry> = fc.record(
  {
    ...booking,
    kind: fc.constant('REFUND' as const),
    request: flag,
    approvalCode: fc.stringMatching(/^[0-9A-Z]{6}$/),
  },
  { requiredKeys: [...required, 'amount', 'mcc', 'merchant'] },
)

export const expiryEntry: fc.Arbitrary<ExpiryEntry> = fc.record(
  {
    ...followUp,
    kind: fc.constant('EXPIRY' as const),
    reason: fc.constant('EXPIRED' as const),
    movement: partedMovement,
    day,
    days: countedDays,
  },
  { requiredKeys: [...required, 'originalId', 'movement'] },
)

export const reversalEntry: fc.Arbitrary<ReversalEntry> = fc.record(
  {
    ...followUp,
    kind: fc.constant('REVERSAL' as const),
    amount,
    described: fc.record({ amount, mcc, merchant: fc.string() }, { requiredKeys: [], noNullPrototype: true }),
    advice: flag,
    movement: partedMovement,
    day,
    days: countedDays,
  },
  { requiredKeys: [...required, 'originalId', 'described'] },
)

export const creditEntry: fc.Arbitrary<CreditEntry> = fc.record({
  ...recorded,
  kind: fc.constant('CREDIT' as const),
  movement,
})

/** A credit that pays what the wallet owes first. */
export const payingCreditEntry: fc.Arbitrary<CreditEntry> = fc.record({
  ...recorded,
  kind: fc.constant('CREDIT' as const),
  paysOwed: flag,
  movement: partedMovement,
})

const openHold: fc.Arbitrary<OpenHold> = fc
  .record({
    id: recorded.transactionId,
    wallet,
    rest: fc.bigInt({ min: 1n, max: AMOUNT_MAX }),
    captured: limitedAmount(),
    released: limitedAmount(),
    expiresAt: recorded.at,
    counted: countedDays,
  })
  .map(({ rest, ...hold }) => ({ ...hold, authorized: rest + hold.captured + hold.released }))

function limitedAmount(): fc.Arbitrary<bigint> {
  return fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: AMOUNT_MAX }))
}

const amounts = fc.array(fc.tuple(wallet, after)).map((pairs) => new Map(pairs))

const change = {
  ...recorded,
  kind: fc.constant('ADMIN' as const),
  status,
  subject: fc.string({ maxLength: 64 }),
}

export const adminEntry: fc.Arbitrary<AdminEntry> = fc.oneof(
  fc.record({ ...change, action: fc.constantFrom('OPEN' as const, 'STATUS' as const) }),
  fc.record({ ...change, action: fc.constant('LIMITS' as const), limits }),
)

/** An account with a few consistent entries. Some may have left the journal. */
export const account: fc.Arbitrary<Account> = fc
  .record({
    id: recorded.accountId,
    entries: fc.array(fc.oneof(authorizationEntry, creditEntry, adminEntry), {
      minLength: 1,
      maxLength: 8,
    }),
    posted: fc.nat({ max: 7 }),
    spent: fc.array(fc.tuple(wallet, spending)).map((pairs) => new Map(pairs)),
    held: amounts,
    owed: amounts,
    holds: fc.array(openHold, { maxLength: 4 }),
    hasEarlyCapture: fc.boolean(),
  })
  .map(({ id, entries, posted, ...fields }) => {
    const whole = entries.reduce(
      (before, entry) => applyEntry(before, next(before, entry)),
      unopenedAccount(id),
    )
    return { ...whole, ...fields, journal: whole.journal.slice(Math.min(posted, whole.journal.length - 1)) }
  })

/** The entry adjusted to its place: it adds its amount to the current balance, and spends nothing. */
function next(before: Account, entry: Entry): Entry {
  const place = { accountId: before.id, seq: before.version + 1n }
  if (entry.kind === 'ADMIN' || !entry.movement) return { ...entry, ...place }
  const delta = entry.movement.delta < 0n ? -entry.movement.delta : entry.movement.delta
  const balanceAfter = centavos((before.wallets.get(entry.movement.wallet) ?? 0n) + delta)
  const { day: _, ...uncounted } = { day: undefined, ...entry }
  return { ...uncounted, ...place, movement: { ...entry.movement, delta, balanceAfter } } as Entry
}
