import type { AccountId } from './account-status.js'
import { bothDays, daysIn, daysText, isSameDays, noDays, takeDays } from './audit-days.js'
import { type Moved, movedBy, movesRightly } from './audit-movement.js'
import { PurchaseTally } from './audit-purchase-tally.js'
import { reasonsFor } from './audit-reasons.js'
import type { Discrepancy, DiscrepancyKind } from './discrepancy.js'
import type {
  AdviceEntry,
  AuthorizationEntry,
  CaptureEntry,
  Entry,
  ReversalEntry,
  TransactionId,
} from './entry.js'
import type { Reason } from './reason.js'

type Finding = Pick<Discrepancy, 'kind' | 'detail'>

/** Reasons that a purchase can have only while early reversals leave a part of it to pay. */
const reasonsWithRemainder: ReadonlySet<Reason> = new Set([
  'APPROVED',
  'VERIFIED',
  'INSUFFICIENT_BALANCE',
  'HOLDS_FULL',
])

/**
 * Replays each of these purchases: the entry with its id and the entries that follow it, in any order and
 * among others. Each entry must move what the entries before it require, on one wallet. Its reason and its
 * days must fit them, too. Each entry leads to one discrepancy at most.
 */
export function auditPurchases(
  accountId: AccountId,
  ids: Iterable<TransactionId>,
  entries: Iterable<Entry>,
): readonly Discrepancy[] {
  const byPurchase = new Map<TransactionId, Map<bigint, Entry>>()
  for (const id of ids) byPurchase.set(id, new Map())
  for (const entry of entries) {
    byPurchase.get(entry.transactionId)?.set(entry.seq, entry)
    if ('originalId' in entry) byPurchase.get(entry.originalId ?? '')?.set(entry.seq, entry)
  }
  return [...byPurchase].flatMap(([id, bySeq]) =>
    auditPurchase(id, [...bySeq.values()]).map(({ kind, detail }) => {
      return { accountId, kind, detail: `${id} ${detail}` }
    }),
  )
}

function auditPurchase(id: TransactionId, entries: readonly Entry[]): readonly Finding[] {
  const tally = new PurchaseTally(id)
  const found: Finding[] = []
  for (const entry of [...entries].sort((a, b) => (a.seq < b.seq ? -1 : 1))) {
    const finding = tally.concerns(entry) && findingIn(entry, tally)
    if (finding) found.push(finding)
    tally.add(entry)
  }
  return found
}

function findingIn(entry: Entry, tally: PurchaseTally): Finding | undefined {
  const moved = movedBy(entry)
  // `AccountAudit` and `HoldAudit` report these.
  if (!movesRightly(entry, tally) || (moved && usesWrongHold(entry, moved, tally))) return undefined
  if (entry.kind === 'AUTHORIZATION') return ignoredBy(entry, moved, tally)
  return (
    overlookedBy(entry, tally) ??
    moneyFinding(entry, moved, tally) ??
    reasonFinding(entry, tally) ??
    (moved && (daysFinding(entry, moved, tally) ?? debtFinding(entry, moved, tally)))
  )
}

/** Whether a step takes more from the hold than its rest, or changes one that is not open on this wallet. */
function usesWrongHold(entry: Entry, { held, wallet }: Moved, tally: PurchaseTally): boolean {
  if (held === 0n || entry.kind === 'AUTHORIZATION') return false
  return tally.held === 0n || -held > tally.held || wallet !== tally.wallet
}

/** A purchase that does not respect the steps that came before it. */
function ignoredBy(
  { seq, amount, reason }: AuthorizationEntry,
  moved: Moved | undefined,
  tally: PurchaseTally,
): Finding | undefined {
  const { due, coveredBy } = tally.dueOf(amount)
  const kind = tally.isBooked ? 'CAPTURE_IGNORED' : 'REVERSAL_IGNORED'
  const is = `at seq ${seq} is ${reason}`
  if (coveredBy === 'CAPTURES' && reason !== 'ALREADY_CAPTURED' && reason !== 'ACCOUNT_NOT_FOUND')
    return { kind: 'CAPTURE_IGNORED', detail: `${is}, although its captures came first` }
  if (coveredBy === 'REVERSALS' && reasonsWithRemainder.has(reason))
    return {
      kind: 'REVERSAL_IGNORED',
      detail: `${is}, although its reversal came first, at seq ${tally.lastEarlySeq}`,
    }
  if (reason === 'ALREADY_CAPTURED' && coveredBy !== 'CAPTURES')
    return { kind: 'REASON_WRONG', detail: `${is}, although no capture came first` }
  if (reason === 'ALREADY_REVERSED' && coveredBy !== 'REVERSALS')
    return { kind: 'REASON_WRONG', detail: `${is}, although no reversal came first` }
  if (!moved) return undefined
  if (moved.committed !== due)
    return {
      kind,
      detail: `at seq ${seq} paid ${moved.committed} of ${amount}, but its early ${tally.isBooked ? 'captures' : 'reversals'} left ${due}`,
    }
  if (tally.wallet === undefined || tally.wallet === moved.wallet) return undefined
  return { kind, detail: `at seq ${seq} paid from ${moved.wallet}, its captures from ${tally.wallet}` }
}

/** A step that claims to come before its purchase, although the purchase was there. */
function overlookedBy(entry: Entry, { original, standing }: PurchaseTally): Finding | undefined {
  if (!original || !('reason' in entry)) return undefined
  const detail = (step: string) =>
    `is at seq ${original.seq}, but its later ${step} at seq ${entry.seq} did not find it`
  if (entry.reason === 'REVERSED_BEFORE_PURCHASE')
    return { kind: 'REVERSAL_IGNORED', detail: detail('reversal') }
  if (standing === 'OTHER') return undefined
  if (entry.reason === 'CAPTURED_UNSEEN') return { kind: 'CAPTURE_IGNORED', detail: detail('capture') }
  if (entry.reason === 'ADVISED') return { kind: 'CAPTURE_IGNORED', detail: detail('advice') }
  return undefined
}

const moneyKinds: Readonly<Partial<Record<Entry['kind'], DiscrepancyKind>>> = {
  INCREMENT: 'HOLD_WRONG',
  CAPTURE: 'CAPTURE_WRONG',
  ADVICE: 'CAPTURE_WRONG',
  REVERSAL: 'REVERSAL_WRONG',
  REFUND: 'REFUND_WRONG',
  EXPIRY: 'HOLD_WRONG',
}

function moneyFinding(entry: Entry, moved: Moved | undefined, tally: PurchaseTally): Finding | undefined {
  const kind = moneyKinds[entry.kind]
  const problem = moneyProblem(entry, moved, tally)
  return kind && problem !== undefined ? { kind, detail: `at seq ${entry.seq}: ${problem}` } : undefined
}

function moneyProblem(entry: Entry, moved: Moved | undefined, tally: PurchaseTally): string | undefined {
  if (moved && tally.wallet !== undefined && moved.wallet !== tally.wallet)
    return `${entry.kind} moves ${moved.wallet}, the purchase is on ${tally.wallet}`
  switch (entry.kind) {
    case 'CAPTURE':
      return captureProblem(entry, moved, tally)
    case 'ADVICE':
      return adviceProblem(entry, moved, tally)
    case 'REVERSAL':
      return reversalProblem(entry, moved, tally)
    case 'REFUND':
      if (!moved || (entry.effectiveMcc === undefined) === (tally.wallet !== undefined)) return undefined
      return tally.wallet === undefined
        ? `no MCC has chosen ${moved.wallet}, and the purchase has no wallet`
        : `MCC ${entry.effectiveMcc} has chosen ${moved.wallet}, but the purchase has a wallet`
    default:
      return undefined
  }
}

/** A capture takes the hold, then the excess; without a hold, what was not paid at once. */
function captureProblem(
  { amount, moreToCome, reason }: CaptureEntry,
  moved: Moved | undefined,
  { held, unconfirmed }: PurchaseTally,
): string | undefined {
  if (reason === 'ACCOUNT_NOT_FOUND') return undefined
  const fromHold = amount > held || !moreToCome ? held : amount
  const spends = held > 0n ? amount : amount > unconfirmed ? amount - unconfirmed : 0n
  const { held: heldDelta = 0n, spent = 0n } = moved ?? {}
  if (spent === spends && -heldDelta === fromHold) return undefined
  const did = `a capture of ${amount} spends ${spent} and takes ${-heldDelta} from the hold`
  return `${did}; ${held} were held, and ${unconfirmed} paid and not captured`
}

function adviceProblem(
  { amount, reason }: AdviceEntry,
  moved: Moved | undefined,
  tally: PurchaseTally,
): string | undefined {
  if (reason === 'ACCOUNT_NOT_FOUND') return undefined
  const due = tally.standing === 'APPROVED' ? 0n : tally.dueOf(amount).due
  const { spent = 0n } = moved ?? {}
  return spent === due ? undefined : `an advice of ${amount} spends ${spent}, ${due} was left to pay`
}

/** A reversal gives back its amount, but at most what is left, and the held money first. */
function reversalProblem(
  { amount, reason }: ReversalEntry,
  moved: Moved | undefined,
  { held, spentLeft, standing }: PurchaseTally,
): string | undefined {
  if (!moved && reason !== 'REVERSED_BEFORE_PURCHASE') return undefined
  const left = standing === 'OTHER' ? 0n : held + spentLeft
  const { committed = 0n, held: heldDelta = 0n, wallet = 'no wallet' } = moved ?? {}
  const given = -committed
  const due = amount === undefined || amount > left ? left : amount
  if (given !== due) return `gives back ${given} to ${wallet}, ${left} was left`
  const fromHold = given < held ? given : held
  if (-heldDelta === fromHold) return undefined
  return `gives back ${given}, ${-heldDelta} of it held; ${held} were held`
}

function reasonFinding(entry: Entry, tally: PurchaseTally): Finding | undefined {
  if (!('reason' in entry)) return undefined
  const expected = reasonsFor(entry, tally)
  if (!expected || expected.includes(entry.reason)) return undefined
  const detail = `at seq ${entry.seq}: ${entry.kind} is ${entry.reason}, not ${expected.join(' or ')}`
  return { kind: 'REASON_WRONG', detail }
}

/** What is taken counts on one day. What goes back leaves the newest days that count it. */
function daysFinding(entry: Entry, moved: Moved, tally: PurchaseTally): Finding | undefined {
  if (entry.kind === 'REFUND' || moved.committed === 0n) return undefined
  const days = daysIn(entry)
  if (moved.committed > 0n) {
    if (days.size === 1 && days.values().next().value === moved.committed) return undefined
    const detail = `at seq ${entry.seq}: takes ${moved.committed}, and counts ${daysText(days)}`
    return { kind: 'DAYS_WRONG', detail }
  }
  const isCapture = entry.kind === 'CAPTURE'
  const released = isCapture ? moved.available : -moved.held
  const kept = isCapture ? takeDays(tally.heldDays, -moved.held - released, 'OLDEST').left : tally.heldDays
  const unheld = takeDays(kept, released, 'NEWEST').taken
  const unspent = isCapture ? noDays : takeDays(tally.spentDays, -moved.spent, 'NEWEST').taken
  const due = bothDays(unheld, unspent)
  if (isSameDays(days, due)) return undefined
  const detail = `at seq ${entry.seq}: gives back ${daysText(days)}, it was counted ${daysText(due)}`
  return { kind: 'DAYS_WRONG', detail }
}

/**
 * What the purchase owes is cancelled before its money goes back, as far as the wallet still owes something.
 * An entry that cancels nothing does not say what the wallet owed.
 */
function debtFinding(entry: Entry, { owed, spent }: Moved, { debt }: PurchaseTally): Finding | undefined {
  if (entry.kind !== 'REVERSAL' && entry.kind !== 'REFUND') return undefined
  const due = -spent < debt ? -spent : debt
  const isAllOwed = owed === 0n || (entry.movement?.owedAfter ?? 0n) === 0n
  if (-owed === due || (-owed < due && isAllOwed)) return undefined
  const detail = `at seq ${entry.seq}: ${entry.kind} cancels ${-owed} of the ${debt} that the purchase owes`
  return { kind: 'DEBT_WRONG', detail }
}
