import {
  type AdviceEntry,
  type AuthorizationEntry,
  type CaptureEntry,
  type CreditEntry,
  committedBy,
  type DecidedEntry,
  type Entry,
  type ExpiryEntry,
  type IncrementEntry,
  type Movement,
  movementOf,
  type RefundEntry,
  type ReversalEntry,
} from '../../domain/entry.js'
import { AccountStatus, type Transaction, TransactionKind } from '../../gen/benefits/v1/account.js'
import { Fallback, Reason } from '../../gen/benefits/v1/authorization.js'
import { holdMessage } from '../authorization/hold-mapping.js'
import { networkMessage } from '../network-mapping.js'
import { decisionMessage } from '../reason-mapping.js'
import { limitsMessage, statusMessage } from './account-mapping.js'

/**
 * Writes an entry of a history. Sets the fields of its kind one by one: spreading one object into another
 * took a third of a page's time.
 */
export function transactionMessage(entry: Entry): Transaction {
  const message = plainMessage(entry)
  const movement = movementOf(entry)
  if (movement) setMovement(message, movement)
  setFields(message, entry)
  return message
}

/** The message of an entry whose kind has no fields of its own. */
function plainMessage(entry: Entry): Transaction {
  return {
    transactionId: entry.transactionId,
    accountId: entry.accountId,
    seq: entry.seq,
    kind: TransactionKind[entry.kind],
    decision: decisionMessage(entry),
    reason: Reason.UNSPECIFIED,
    category: '',
    amount: 0n,
    delta: 0n,
    balanceAfter: undefined,
    mcc: '',
    effectiveMcc: '',
    merchant: '',
    merchantRule: '',
    originalTransactionId: '',
    accountStatus: AccountStatus.UNSPECIFIED,
    subject: '',
    createTime: entry.at,
    catalogVersion: 0n,
    limits: undefined,
    day: '',
    fallback: Fallback.UNSPECIFIED,
    network: undefined,
    approvalCode: '',
    verification: false,
    verifiedCategory: '',
    heldDelta: 0n,
    heldAfter: undefined,
    owedDelta: 0n,
    owedAfter: undefined,
    days: [],
    hold: undefined,
    heldUntil: undefined,
    moreToCome: false,
    advice: false,
    request: false,
    paysOwed: false,
  }
}

function setMovement(message: Transaction, movement: Movement): void {
  message.category = movement.wallet
  message.delta = movement.delta
  message.balanceAfter = movement.balanceAfter
  message.heldDelta = movement.heldDelta ?? 0n
  message.heldAfter = movement.heldAfter
  message.owedDelta = movement.owedDelta ?? 0n
  message.owedAfter = movement.owedAfter
}

function setFields(message: Transaction, entry: Entry): void {
  switch (entry.kind) {
    case 'AUTHORIZATION':
      setPurchase(message, entry)
      return
    case 'INCREMENT':
      setIncrement(message, entry)
      return
    case 'CAPTURE':
      setRouted(message, entry)
      setCountedDays(message, entry)
      message.moreToCome = entry.moreToCome ?? false
      return
    case 'ADVICE':
      setRouted(message, entry)
      setFallback(message, entry)
      message.day = entry.day ?? ''
      return
    case 'REFUND':
      setRouted(message, entry)
      message.request = entry.request ?? false
      message.approvalCode = entry.approvalCode ?? ''
      return
    case 'REVERSAL':
      setReason(message, entry)
      setCountedDays(message, entry)
      message.amount = entry.amount ?? 0n
      message.originalTransactionId = entry.originalId
      message.advice = entry.advice ?? false
      return
    case 'EXPIRY':
      setReason(message, entry)
      setCountedDays(message, entry)
      message.amount = entry.movement.delta
      message.originalTransactionId = entry.originalId
      return
    case 'CREDIT':
      setCredit(message, entry)
      return
    case 'ADMIN':
      message.accountStatus = statusMessage(entry.status)
      message.subject = entry.subject
      message.limits = entry.limits && limitsMessage(entry.limits)
  }
}

function setPurchase(message: Transaction, entry: AuthorizationEntry): void {
  setReason(message, entry)
  setFallback(message, entry)
  message.amount = entry.amount
  message.mcc = entry.mcc
  message.effectiveMcc = entry.effectiveMcc
  message.merchant = entry.merchant
  message.merchantRule = entry.merchantRule ?? ''
  message.verification = entry.verification ?? false
  message.verifiedCategory = entry.verifiedWallet ?? ''
  message.network = networkMessage(entry.network)
  message.approvalCode = entry.approvalCode ?? ''
  message.catalogVersion = entry.catalogVersion ?? 0n
  message.day = entry.day ?? ''
  message.hold = holdMessage(entry.hold)
  message.heldUntil = entry.heldUntil
}

function setIncrement(message: Transaction, entry: IncrementEntry): void {
  setReason(message, entry)
  message.amount = entry.amount
  message.originalTransactionId = entry.originalId
  message.network = networkMessage(entry.network)
  message.approvalCode = entry.approvalCode ?? ''
  message.day = entry.day ?? ''
}

function setCredit(message: Transaction, entry: CreditEntry): void {
  message.amount = -committedBy(entry.movement)
  message.paysOwed = entry.paysOwed ?? false
}

/** Sets the fields of an entry whose own MCC and merchant may have chosen its wallet. */
function setRouted(message: Transaction, entry: CaptureEntry | AdviceEntry | RefundEntry): void {
  setReason(message, entry)
  message.originalTransactionId = entry.originalId ?? ''
  message.amount = entry.amount
  message.mcc = entry.mcc
  message.effectiveMcc = entry.effectiveMcc ?? ''
  message.merchant = entry.merchant
  message.merchantRule = entry.merchantRule ?? ''
  message.network = networkMessage(entry.network)
  message.catalogVersion = entry.catalogVersion ?? 0n
}

function setReason(message: Transaction, { reason }: DecidedEntry): void {
  message.reason = Reason[reason]
}

function setFallback(message: Transaction, { fallback }: AuthorizationEntry | AdviceEntry): void {
  if (fallback !== undefined) message.fallback = Fallback[fallback]
}

function setCountedDays(
  message: Transaction,
  { day, days }: CaptureEntry | ReversalEntry | ExpiryEntry,
): void {
  message.day = day ?? ''
  if (days) message.days = [...days]
}
