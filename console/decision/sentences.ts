import { money } from '../text/money.js'
import { text } from '../text/text.js'
import type { Drawn } from './steps.js'

/** The text of the deciding step, to be read aloud. */
export function sentenceOf(drawn: Drawn, purchaseMax?: string): string {
  const { decision } = text()
  const { sentences } = decision
  if (drawn.reason === undefined) return decision.reused
  if (drawn.isReplayed) return decision.stored
  if (drawn.payer && drawn.reason === 'VERIFIED') return decision.verified(drawn.payer.wallet)
  if (drawn.payer) {
    const [now, then] = drawn.isHeld ? [decision.holds, decision.held] : [decision.pays, decision.paid]
    const say = drawn.isRecorded ? then : now
    return say(drawn.payer.wallet, money(drawn.amount - drawn.takenOff), money(drawn.payer.left))
  }
  const amount = money(drawn.amount)
  const sayings: Readonly<Record<string, string>> = {
    ACCOUNT_NOT_FOUND: sentences.notFound(drawn.accountId),
    ACCOUNT_CLOSED: sentences.closed,
    ACCOUNT_BLOCKED: sentences.blocked,
    CURRENCY_NOT_SUPPORTED: sentences.otherCurrency,
    ALREADY_CAPTURED: sentences.captured,
    ALREADY_REVERSED: sentences.reversed,
    HOLDS_FULL: sentences.holdsFull,
    MCC_NOT_PERMITTED: notPermitted(drawn),
    RAIL_NOT_PERMITTED: sentences.railNotPermitted,
    INSUFFICIENT_BALANCE: sentences.noWallet,
    AMOUNT_OVER_LIMIT: overLimit(drawn, amount, purchaseMax),
  }
  return sayings[drawn.reason] ?? reasonText(drawn.reason)
}

function notPermitted({ mcc, effectiveMcc, forbiddenBy }: Drawn): string {
  const { sentences } = text().decision
  if (forbiddenBy === 'NEVER_PERMITTED_AS_RECEIVED') return sentences.notPermittedAsReceived(mcc)
  if (forbiddenBy === undefined && mcc !== effectiveMcc)
    return sentences.notPermittedEither(mcc, effectiveMcc)
  return sentences.notPermitted(effectiveMcc)
}

function overLimit(drawn: Drawn, amount: string, purchaseMax: string | undefined): string {
  const { sentences } = text().decision
  if (drawn.decidedBy === 'limits') return sentences.overSome(amount)
  if (drawn.decidedBy === 'wallets') return sentences.overLimits
  return sentences.overPurchase(amount, purchaseMax === undefined ? undefined : money(purchaseMax))
}

/** A reason in the language of the console. */
export function reasonText(reason: string): string {
  return text().reasons[reason] ?? reason
}
