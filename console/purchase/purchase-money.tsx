import type { PurchaseOverview } from '../api/messages.js'
import { isSome } from '../entry/entry-words.js'
import { type BarPart, PartsBar } from '../parts/parts-bar.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'

/** The sums of a purchase: a bar of where its money is, and each sum by name. */
export function PurchaseMoney({ purchase }: { readonly purchase: PurchaseOverview }) {
  const { purchase: words } = text()
  const { capturedAmount = '0', restAmount = '0', releasedAmount = '0' } = purchase
  const parts: readonly BarPart[] = [
    { tone: 'full', amount: BigInt(capturedAmount) },
    { tone: 'held', amount: BigInt(restAmount) },
    { tone: 'released', amount: BigInt(releasedAmount) },
  ]
  return (
    <section class="card purchase-money">
      <h2>{words.money}</h2>
      {parts.some(({ amount }) => amount > 0n) && <PartsBar label={words.money} parts={parts} />}
      <dl class="sums">
        {sumsOf(purchase).map(({ name, amount, tone, isPart }) => (
          <div key={name} class={`${isPart ? 'sum part-of' : 'sum'}${isSome(amount) ? '' : ' none'}`}>
            <dt>
              {tone && <span class={`part ${tone}`} aria-hidden="true" />}
              {name}
            </dt>
            <dd class="number">{money(amount)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

type Sum = {
  readonly name: string
  readonly amount: string | undefined
  /** The tone of the sum's part of the bar. */
  readonly tone?: BarPart['tone']
  /** Whether the sum is a part of the one before it. Such sums are shown only when there is something. */
  readonly isPart?: boolean
}

function sumsOf(purchase: PurchaseOverview): readonly Sum[] {
  const { sums } = text().purchase
  const all: readonly Sum[] = [
    { name: sums.authorized, amount: purchase.authorizedAmount },
    { name: sums.incremented, amount: purchase.incrementedAmount },
    { name: sums.captured, amount: purchase.capturedAmount, tone: 'full' },
    { name: sums.excess, amount: purchase.excessAmount, isPart: true },
    { name: sums.rest, amount: purchase.restAmount, tone: 'held' },
    { name: sums.released, amount: purchase.releasedAmount, tone: 'released' },
    { name: sums.expired, amount: purchase.expiredAmount, isPart: true },
    { name: sums.reversed, amount: purchase.reversedAmount },
    { name: sums.refunded, amount: purchase.refundedAmount },
    { name: sums.owed, amount: purchase.owedAmount },
  ]
  return all.filter(({ amount, isPart }) => !isPart || isSome(amount))
}

/** Says where the money of a purchase is, in a sentence to read aloud. */
export function sentenceOf(purchase: PurchaseOverview): string {
  const { say } = text().purchase
  const { state, category: wallet = '', owedAmount } = purchase
  if (state === 'PURCHASE_STATE_HELD') return say.holds(money(purchase.restAmount), wallet)
  if (state === 'PURCHASE_STATE_RELEASED') return say.released(wallet)
  if (state === 'PURCHASE_STATE_EXPIRED') return say.expired(wallet)
  if (state !== 'PURCHASE_STATE_CAPTURED') return say.nothing
  return isSome(owedAmount)
    ? `${paidSentence(purchase, wallet)} ${say.uncovered(money(owedAmount), wallet)}`
    : paidSentence(purchase, wallet)
}

function paidSentence(purchase: PurchaseOverview, wallet: string): string {
  const { say } = text().purchase
  const { capturedAmount, reversedAmount = '0', refundedAmount = '0' } = purchase
  const back = BigInt(reversedAmount) + BigInt(refundedAmount)
  return back > 0n
    ? say.paidLess(money(capturedAmount), wallet, money(back))
    : say.paid(money(capturedAmount), wallet)
}
