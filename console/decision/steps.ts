import type { Hold, Simulation, Transaction, WalletTried } from '../api/messages.js'

/** The rules of Authorize in their order, as steps of a path. */
export const stepNames = [
  'id',
  'exists',
  'notCaptured',
  'open',
  'active',
  'currency',
  'notReversed',
  'permitted',
  'rail',
  'purchaseLimit',
  'wallets',
  'holdRoom',
] as const

/** A step. `limits` stands for the last three when an entry does not record which limit was exceeded. */
export type StepName = (typeof stepNames)[number] | 'limits'

/** A decision on a purchase, simulated or recorded, in a form to draw. */
export type Drawn = {
  readonly isRecorded: boolean
  readonly accountId: string
  /** Amount of the purchase, in centavos. */
  readonly amount: bigint
  /** Amount of earlier reversals and captures, in centavos. */
  readonly takenOff: bigint
  /** Without its prefix, such as APPROVED. Undefined when the id was used for another request. */
  readonly reason: string | undefined
  readonly code: string
  readonly iso8583Code: string
  readonly retry: string
  readonly isReplayed: boolean
  /** Whether the payer holds the amount instead of paying it. */
  readonly isHeld: boolean
  /** Whether the account needs room for a hold. An immediate category pays at once and needs none. */
  readonly needsHold: boolean
  readonly decidedBy: StepName
  readonly mcc: string
  readonly effectiveMcc: string
  /** Without its prefix, such as NEVER_PERMITTED. Undefined for an entry, which does not keep it. */
  readonly forbiddenBy: string | undefined
  readonly merchantRule: string
  /** The wallets that may pay, in order. An entry records only the wallet that paid. */
  readonly wallets: readonly WalletTried[]
  /** The paying wallet, and its balance afterwards. A verification: the wallet that would pay. */
  readonly payer: { readonly wallet: string; readonly left: string } | undefined
}

/** The step of a reason, except for AMOUNT_OVER_LIMIT, which has two. */
const stepsByReason: Readonly<Record<string, StepName>> = {
  APPROVED: 'wallets',
  VERIFIED: 'wallets',
  INSUFFICIENT_BALANCE: 'wallets',
  HOLDS_FULL: 'holdRoom',
  ACCOUNT_NOT_FOUND: 'exists',
  ALREADY_CAPTURED: 'notCaptured',
  ACCOUNT_CLOSED: 'open',
  ACCOUNT_BLOCKED: 'active',
  CURRENCY_NOT_SUPPORTED: 'currency',
  ALREADY_REVERSED: 'notReversed',
  MCC_NOT_PERMITTED: 'permitted',
  RAIL_NOT_PERMITTED: 'rail',
}

type Asked = {
  readonly accountId: string
  readonly amount: bigint
  readonly mcc: string
  readonly hold?: Hold
}

/** Draws a simulation. */
export function drawnSimulation(simulation: Simulation, { accountId, amount, mcc, hold }: Asked): Drawn {
  const { answer, wallets = [], earlyReversedAmount = '0' } = simulation
  const reason = answer && withoutPrefix(answer.reason, 'REASON')
  const isHeld = answer?.held ?? false
  return {
    isRecorded: false,
    accountId,
    amount,
    takenOff: BigInt(earlyReversedAmount),
    reason,
    code: answer?.code ?? '',
    iso8583Code: answer?.iso8583Code ?? '',
    retry: answer?.retry ?? '',
    isReplayed: answer?.replayed ?? false,
    isHeld,
    needsHold: isHeld || (hold !== undefined && !answer?.category),
    decidedBy: decidingStep(simulation, reason),
    mcc: simulation.mcc ?? mcc,
    effectiveMcc: answer?.effectiveMcc ?? mcc,
    forbiddenBy: withoutPrefix(simulation.forbiddenBy ?? '', 'MCC_LIST'),
    merchantRule: answer?.merchantRule ?? '',
    wallets,
    payer: answer?.category ? { wallet: answer.category, left: answer.balance ?? '0' } : undefined,
  }
}

/** Draws the entry of a purchase. It records the decision, but not the skipped wallets. */
export function drawnEntry(entry: Transaction): Drawn {
  const reason = withoutPrefix(entry.reason ?? '', 'REASON')
  const amount = BigInt(entry.amount ?? 0)
  const isHeld = entry.heldUntil !== undefined
  return {
    isRecorded: true,
    accountId: entry.accountId,
    amount,
    takenOff: entry.category ? amount + BigInt(entry.delta ?? 0) : 0n,
    reason,
    code: '',
    iso8583Code: '',
    retry: '',
    isReplayed: false,
    isHeld,
    needsHold: isHeld || (entry.hold !== undefined && !entry.category),
    decidedBy: reason === 'AMOUNT_OVER_LIMIT' ? 'limits' : stepOf(reason, isHeld),
    mcc: entry.mcc ?? '',
    effectiveMcc: entry.effectiveMcc ?? entry.mcc ?? '',
    forbiddenBy: undefined,
    merchantRule: entry.merchantRule ?? '',
    wallets: [],
    payer: payerIn(entry),
  }
}

function stepOf(reason: string, isHeld: boolean): StepName {
  return isHeld ? 'holdRoom' : (stepsByReason[reason] ?? 'wallets')
}

function payerIn({ category, verifiedCategory, balanceAfter = '0' }: Transaction): Drawn['payer'] {
  const wallet = category || verifiedCategory
  return wallet ? { wallet, left: balanceAfter } : undefined
}

/** The steps to draw, each before, at or after the deciding one. */
export function stepsOf({
  decidedBy,
  needsHold,
}: Pick<Drawn, 'decidedBy' | 'needsHold'>): readonly { name: StepName; state: StepState }[] {
  const all: readonly StepName[] = decidedBy === 'limits' ? [...stepNames.slice(0, -3), 'limits'] : stepNames
  const names = all.filter((name) => name !== 'holdRoom' || needsHold)
  const decided = names.indexOf(decidedBy)
  return names.map((name, index) => ({
    name,
    state: index < decided ? 'passed' : index === decided ? 'decided' : 'later',
  }))
}

export type StepState = 'passed' | 'decided' | 'later'

/** Whether a reason, without its prefix, approves a purchase or a verification. */
export function approves(reason: string | undefined): boolean {
  return reason === 'APPROVED' || reason === 'VERIFIED' || reason === 'ALREADY_CAPTURED'
}

/** Cuts the name of an enum off its value: REASON_APPROVED becomes APPROVED. */
export function withoutPrefix(value: string, prefix: string): string {
  return value.startsWith(`${prefix}_`) ? value.slice(prefix.length + 1) : value
}

function decidingStep({ answer, wallets = [] }: Simulation, reason: string | undefined): StepName {
  if (reason === undefined || answer?.replayed === true) return 'id'
  if (reason !== 'AMOUNT_OVER_LIMIT') return stepOf(reason, answer?.held ?? false)
  const unasked = ['WALLET_OUTCOME_NOT_ASKED', 'WALLET_OUTCOME_WRONG_RAIL']
  const isAsked = wallets.some(({ outcome }) => !unasked.includes(outcome))
  return isAsked ? 'wallets' : 'purchaseLimit'
}
