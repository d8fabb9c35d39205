import { useState } from 'preact/hooks'
import type { AuthorizeAnswer, Simulation } from '../api/messages.js'
import { DecisionPath } from '../decision/decision-path.js'
import { MccUsed, MerchantReading, RulesTried } from '../decision/merchant-reading.js'
import { reasonText } from '../decision/sentences.js'
import { approves, type Drawn, drawnSimulation, withoutPrefix } from '../decision/steps.js'
import type { Purchase } from '../decision/typed-purchase.js'
import { Button, Chip, Done } from '../parts/basics.js'
import { linkTo } from '../router.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'
import { MakePurchase } from './make-purchase.js'
import { Reverse } from './reverse.js'

/** A purchase with its simulation. */
export type Drawing = {
  readonly purchase: Purchase
  readonly simulation: Simulation
  readonly purchaseMax?: string | undefined
}

/** A simulated decision, with the button that makes the purchase. */
export function SimulatedDecision({
  drawing,
  onChanged,
}: {
  readonly drawing: Drawing
  readonly onChanged: () => void
}) {
  const { purchase, simulation, purchaseMax } = drawing
  const { simulate } = text()
  const drawn = drawnSimulation(simulation, purchase)
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<AuthorizeAnswer>()
  return (
    <>
      <section class="decision">
        <Verdict drawn={drawn} />
        {made && <Made answer={made} accountId={purchase.accountId} onReversed={onChanged} />}
        <div class="form-actions start">
          <Button
            kind={made || drawn.reason !== 'APPROVED' ? 'plain' : 'primary'}
            onClick={() => setMaking(true)}
          >
            {made ? simulate.makeAgain : simulate.make}
          </Button>
        </div>
        <DecisionPath drawn={drawn} purchaseMax={purchaseMax} />
      </section>
      <Reading drawn={drawn} drawing={drawing} />
      {making && (
        <MakePurchase
          purchase={purchase}
          onClose={() => setMaking(false)}
          onDone={(answer) => {
            setMaking(false)
            setMade(answer)
            onChanged()
          }}
        />
      )}
    </>
  )
}

function Verdict({ drawn }: { readonly drawn: Drawn }) {
  const { decision } = text()
  const isApproved = approves(drawn.reason)
  const word =
    drawn.reason === undefined ? decision.rejected : isApproved ? decision.approved : decision.declined
  return (
    <header class={`verdict ${isApproved ? 'good' : 'bad'}`}>
      <p class="label">{decision.wouldBe}</p>
      <p class="figure">{word}</p>
      <p class="quiet">
        {drawn.reason !== undefined && !isApproved && `${reasonText(drawn.reason)} · `}
        {drawn.code !== '' && decision.code(drawn.code, drawn.iso8583Code)}
      </p>
    </header>
  )
}

/** The merchant, the rules and the MCC of the purchase, as the decision read them. */
function Reading({ drawn, drawing }: { readonly drawn: Drawn; readonly drawing: Drawing }) {
  const { decision } = text()
  const { purchase, simulation } = drawing
  return (
    <aside class="reading" aria-label={decision.merchant}>
      <section class="card">
        <h2>{decision.merchant}</h2>
        <MerchantReading raw={purchase.merchant} merchant={simulation.merchant} />
      </section>
      <section class="card">
        <h2>{decision.rules}</h2>
        <RulesTried rules={simulation.rules ?? []} />
        {(simulation.rules ?? []).length > 0 && <p class="hint">{decision.rulesAreFirst}</p>}
      </section>
      <section class="card">
        <h2>{decision.mcc}</h2>
        <MccUsed drawn={drawn} />
      </section>
    </aside>
  )
}

/** The answer to the purchase that was just made, with the possible next steps. */
function Made({
  answer,
  accountId,
  onReversed,
}: {
  readonly answer: AuthorizeAnswer
  readonly accountId: string
  readonly onReversed: () => void
}) {
  const { decision, frame, simulate } = text()
  const [reversing, setReversing] = useState(false)
  const [report, setReport] = useState<string>()
  const isApproved = answer.decision === 'DECISION_APPROVED'
  return (
    <div class="made">
      <p class="made-head">
        <b>{simulate.made}</b>
        <Chip tone={isApproved ? 'good' : 'bad'}>
          {isApproved ? decision.approved : reasonText(withoutPrefix(answer.reason, 'REASON'))}
        </Chip>
      </p>
      {answer.category && (
        <p>
          {(answer.held ? decision.held : decision.paid)(
            answer.category,
            money(answer.approvedAmount),
            money(answer.balance),
          )}
        </p>
      )}
      {answer.replayed && <p>{frame.countedOnce}</p>}
      {report !== undefined && <Done>{report}</Done>}
      <div class="form-actions start">
        {isApproved && <Button onClick={() => setReversing(true)}>{simulate.reverse}</Button>}
        <a class="button plain" href={linkTo(['accounts', accountId], { entry: answer.transactionId })}>
          {simulate.seeEntry}
        </a>
      </div>
      {reversing && (
        <Reverse
          accountId={accountId}
          purchaseId={answer.transactionId}
          onClose={() => setReversing(false)}
          onDone={(said) => {
            setReversing(false)
            setReport(said)
            onReversed()
          }}
        />
      )}
    </div>
  )
}
