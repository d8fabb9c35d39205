import type { WalletTried } from '../api/messages.js'
import { Icon, type IconName } from '../parts/icons.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'
import { sentenceOf } from './sentences.js'
import { approves, type Drawn, type StepName, type StepState, stepsOf, withoutPrefix } from './steps.js'

type PathProps = {
  readonly drawn: Drawn
  /** The account's limit for one purchase, in centavos, if it is known. */
  readonly purchaseMax?: string | undefined
}

/** A decision as a vertical path: the rules in their order, up to the one that decided. */
export function DecisionPath({ drawn, purchaseMax }: PathProps) {
  return (
    <ol class="path" aria-label={text().decision.path}>
      {stepsOf(drawn).map(({ name, state }) => (
        <Step key={name} name={name} state={state} drawn={drawn} purchaseMax={purchaseMax} />
      ))}
    </ol>
  )
}

function Step({
  name,
  state,
  drawn,
  purchaseMax,
}: PathProps & { readonly name: StepName; readonly state: StepState }) {
  const { decision } = text()
  const isApproved = approves(drawn.reason) && !drawn.isReplayed
  const label = name === 'permitted' ? decision.steps.permitted(drawn.effectiveMcc) : decision.steps[name]
  const mark: IconName =
    state === 'passed' || (state === 'decided' && isApproved) ? 'tick' : state === 'later' ? 'dash' : 'cross'
  return (
    <li
      class={`step ${state} ${isApproved ? 'good' : 'bad'}`}
      aria-current={state === 'decided' ? 'step' : undefined}
    >
      <span class="mark">
        <Icon name={mark} />
      </span>
      <div class="step-body">
        <p class="step-label">
          {label}
          <span class="unseen"> ({decision.states[state]})</span>
        </p>
        {state === 'decided' && (
          <>
            <p class="step-sentence">{sentenceOf(drawn, purchaseMax)}</p>
            {drawn.takenOff > 0n && !isRest(drawn) && (
              <p class="step-note">
                {decision.sentences.takenOff(money(drawn.takenOff), money(drawn.amount - drawn.takenOff))}
              </p>
            )}
          </>
        )}
        {name === 'wallets' && drawn.wallets.length > 0 && <Wallets drawn={drawn} />}
        {state === 'decided' && !isApproved && drawn.retry !== '' && (
          <p class="step-note">{decision.next[drawn.retry]}</p>
        )}
      </div>
    </li>
  )
}

/** True when earlier reversals or captures left nothing, which the sentence already says. */
function isRest({ reason }: Drawn): boolean {
  return reason === 'ALREADY_REVERSED' || reason === 'ALREADY_CAPTURED'
}

function Wallets({ drawn }: { readonly drawn: Drawn }) {
  return (
    <ol class="wallets-tried" aria-label={text().decision.walletsInOrder}>
      {drawn.wallets.map((wallet) => {
        const outcome = withoutPrefix(wallet.outcome, 'WALLET_OUTCOME')
        const mark: IconName = outcome === 'PAYS' ? 'tick' : outcome === 'NOT_ASKED' ? 'dash' : 'cross'
        return (
          <li key={wallet.category} class={`wallet-tried ${outcome.toLowerCase()}`}>
            <span class="mark">
              <Icon name={mark} />
            </span>
            <span>{walletSentence(wallet, outcome, money(drawn.amount - drawn.takenOff))}</span>
          </li>
        )
      })}
    </ol>
  )
}

function walletSentence(wallet: WalletTried, outcome: string, amount: string): string {
  const { sentences } = text().decision
  const holds = money(wallet.balance)
  if (outcome === 'PAYS') return sentences.covers(wallet.category, holds, amount)
  if (outcome === 'INSUFFICIENT_BALANCE') return sentences.lacks(wallet.category, holds, amount)
  if (outcome === 'OVER_DAY_LIMIT') return sentences.overDay(wallet.category, money(wallet.dayLeft), amount)
  if (outcome === 'OVER_MONTH_LIMIT')
    return sentences.overMonth(wallet.category, money(wallet.monthLeft), amount)
  if (outcome === 'HOLDS_FULL') return sentences.noHoldRoom(wallet.category, holds, amount)
  if (outcome === 'WRONG_RAIL') return sentences.wrongRail(wallet.category, holds)
  return sentences.notAsked(wallet.category, holds)
}
