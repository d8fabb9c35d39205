import type { Transaction, TransactionKind } from '../api/messages.js'
import { reasonText, sentenceOf } from '../decision/sentences.js'
import { drawnEntry, withoutPrefix } from '../decision/steps.js'
import { money, signedMoney } from '../text/money.js'
import { text } from '../text/text.js'
import { movedBy } from './movement.js'

/** The reasons that say no more than the kind of the entry. */
const plainReasons: readonly string[] = [
  'UNSPECIFIED',
  'APPROVED',
  'CAPTURED',
  'ADVISED',
  'REFUNDED',
  'EXPIRED',
]

/** The kinds that are called by the purchase that they name, and not by a merchant. */
const namedByPurchase: readonly TransactionKind[] = [
  'TRANSACTION_KIND_REVERSAL',
  'TRANSACTION_KIND_INCREMENT',
  'TRANSACTION_KIND_EXPIRY',
]

/** The title of an entry, and a note. */
export function wordsOf(entry: Transaction): { title: string; note: string } {
  const { statement, status } = text()
  const note = noteOf(entry)
  if (entry.kind === 'TRANSACTION_KIND_CREDIT') return { title: entry.transactionId, note }
  if (namedByPurchase.includes(entry.kind)) {
    return { title: `${statement.of[entry.kind]} ${entry.originalTransactionId ?? ''}`, note }
  }
  if (entry.kind === 'TRANSACTION_KIND_ADMIN') {
    const title = entry.limits
      ? statement.limitsChange
      : statement.statusChange(status[entry.accountStatus ?? 'ACCOUNT_STATUS_ACTIVE'])
    return { title, note: entry.subject ?? '' }
  }
  return { title: merchantOf(entry) || statement.noMerchant, note }
}

/** The merchant in one line; empty when none was sent. */
export function merchantOf({ merchant = '' }: Transaction): string {
  return merchant.replaceAll(/\s+/g, ' ').trim()
}

function noteOf({ reason = '' }: Transaction): string {
  const name = withoutPrefix(reason, 'REASON')
  return name === '' || plainReasons.includes(name) ? '' : reasonText(name)
}

/** The changes of held and owed money, such as `held −R$80.00`. */
export function changesOf({ heldDelta, owedDelta }: Transaction): readonly string[] {
  const { statement } = text()
  return [
    ...(isSome(heldDelta) ? [statement.held(signedMoney(heldDelta))] : []),
    ...(isSome(owedDelta) ? [statement.owed(signedMoney(owedDelta))] : []),
  ]
}

/** Describes the entry in sentences to read aloud. */
export function sayingOf(entry: Transaction): string {
  const { entry: words, status } = text()
  if (entry.kind === 'TRANSACTION_KIND_AUTHORIZATION') return sentenceOf(drawnEntry(entry))
  if (entry.kind === 'TRANSACTION_KIND_ADMIN') {
    return entry.limits
      ? wordsOf(entry).title
      : words.statusNow(status[entry.accountStatus ?? 'ACCOUNT_STATUS_ACTIVE'])
  }
  if (entry.category) return movedText(entry)
  const reason = withoutPrefix(entry.reason ?? '', 'REASON')
  return reason === 'REVERSED_BEFORE_PURCHASE'
    ? words.beforePurchase
    : `${reasonText(reason)}. ${words.nothingMoved}`
}

function movedText(entry: Transaction): string {
  const { entry: words } = text()
  const wallet = entry.category ?? ''
  const { spent, held, released, added, owed, owedPaid } = movedBy(entry)
  const add = entry.kind === 'TRANSACTION_KIND_CREDIT' ? words.loaded : words.reversed
  return [
    held > 0n && words.heldMore(money(held), wallet),
    spent > 0n && words.spent(money(spent), wallet),
    owed > 0n && words.nowOwed(money(owed), wallet),
    released > 0n && words.freed(money(released)),
    added > 0n && add(money(added), wallet),
    owedPaid > 0n && words.paidOwed(money(owedPaid), wallet),
  ]
    .filter((sentence) => sentence !== false)
    .join(' ')
}

/** The requested amount; for a full reversal, the amount that moved. */
export function shownAmount({ amount, delta }: Transaction): string | undefined {
  return isSome(amount) ? amount : delta
}

/** Whether a number is there and not 0. */
export function isSome(value: string | undefined): boolean {
  return value !== undefined && value !== '0'
}
