import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import { reasonText } from '../decision/sentences.js'
import { withoutPrefix } from '../decision/steps.js'
import { Dialog } from '../parts/dialog.js'
import { Field, Form } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, useRequestId } from '../parts/use-call.js'
import { money, parseMoney } from '../text/money.js'
import { text } from '../text/text.js'

type ReverseProps = {
  readonly accountId: string
  readonly purchaseId: string
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

/** Reverses a purchase, in full or in part. The confirmation repeats the amount and the account. */
export function Reverse({ accountId, purchaseId, onClose, onDone }: ReverseProps) {
  const { account: words, reverse } = text()
  const [typed, setTyped] = useState('')
  const isWhole = typed.trim() === ''
  const amount = isWhole ? undefined : parseMoney(typed)
  const isWrong = !isWhole && amount === undefined
  const request = useRequestId('AuthorizationService/Reverse', accountId, purchaseId, String(amount))
  const act = useAction(async () => {
    if (isWrong) return
    const answer = await call('AuthorizationService/Reverse', {
      transactionId: request.id,
      accountId,
      originalTransactionId: purchaseId,
      ...(amount !== undefined && { amount: String(amount) }),
    })
    request.renew()
    const reason = reasonText(withoutPrefix(answer.reason, 'REASON'))
    onDone(
      answer.decision === 'DECISION_APPROVED'
        ? reverse.done(money(answer.amount), answer.category ?? '')
        : reverse.declined(reason),
    )
  })
  const shown = amount === undefined ? reverse.all : money(amount)
  return (
    <Dialog title={reverse.title} onClose={onClose}>
      <Form onSubmit={() => void act.run()}>
        <p>{reverse.why}</p>
        <Field
          label={reverse.amount}
          value={typed}
          onInput={setTyped}
          mode="decimal"
          autoFocus
          hint={reverse.amountHint}
          problem={isWrong ? words.amountWrong : undefined}
        />
        <p>{reverse.review(shown)}</p>
        <p class="mono id">{accountId}</p>
        <FormEnd submit={`${reverse.confirm}: ${shown}`} disabled={isWrong} call={act} onBack={onClose} />
      </Form>
    </Dialog>
  )
}
