import { call } from '../api/client.js'
import type { AuthorizeAnswer } from '../api/messages.js'
import type { Purchase } from '../decision/typed-purchase.js'
import { Dialog } from '../parts/dialog.js'
import { Form } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, useRequestId } from '../parts/use-call.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'

/** Makes the purchase for real, after a confirmation that repeats the amount and the account. */
export function MakePurchase({
  purchase,
  onClose,
  onDone,
}: {
  readonly purchase: Purchase
  readonly onClose: () => void
  readonly onDone: (answer: AuthorizeAnswer) => void
}) {
  const { simulate } = text()
  const amount = money(purchase.amount)
  const content = JSON.stringify({ ...purchase, amount: String(purchase.amount) })
  const request = useRequestId('AuthorizationService/Authorize', content)
  const make = useAction(async () => {
    const answer = await call('AuthorizationService/Authorize', {
      ...purchase,
      amount: String(purchase.amount),
      transactionId: request.id,
    })
    request.renew()
    onDone(answer)
  })
  return (
    <Dialog title={simulate.makeTitle} onClose={onClose}>
      <Form onSubmit={() => void make.run()}>
        <p class="figure">{amount}</p>
        <p>{(purchase.hold ? simulate.makeHoldWhy : simulate.makeWhy)(amount)}</p>
        <p class="mono id">{purchase.accountId}</p>
        <FormEnd submit={simulate.makeConfirm(amount)} call={make} onBack={onClose} />
      </Form>
    </Dialog>
  )
}
