import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { Account } from '../api/messages.js'
import { Dialog } from '../parts/dialog.js'
import { Field, Form, Select } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction, useRequestId } from '../parts/use-call.js'
import { money, parseMoney } from '../text/money.js'
import { text } from '../text/text.js'

type LoadProps = {
  readonly account: Account
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

/** Adds money to a wallet, after a confirmation that repeats the amount and the account. */
export function LoadWallet({ account, onClose, onDone }: LoadProps) {
  const { account: words, frame } = text()
  const wallets = (account.wallets ?? []).map(({ category }) => category)
  const [wallet, setWallet] = useState(wallets[0] ?? '')
  const [typed, setTyped] = useState('')
  const [step, setStep] = useState<'form' | 'review'>('form')
  const [isChecked, setChecked] = useState(false)
  const [paysOwed, setPaysOwed] = useState(false)
  const amount = parseMoney(typed)
  const owed = account.wallets?.find(({ category }) => category === wallet)?.owed ?? '0'
  const pays = paysOwed && owed !== '0'
  const request = useRequestId('AccountService/Credit', account.id, wallet, String(amount), String(pays))
  const load = useAction(async () => {
    if (amount === undefined) return
    const { replayed } = await call('AccountService/Credit', {
      transactionId: request.id,
      accountId: account.id,
      category: wallet,
      amount: String(amount),
      ...(pays && { paysOwed: true }),
    })
    request.renew()
    onDone([words.loadDone(money(amount), wallet), ...(replayed ? [frame.countedOnce] : [])].join(' '))
  })
  const review = () => {
    setChecked(true)
    if (amount !== undefined) setStep('review')
  }
  return (
    <Dialog title={words.loadTitle} onClose={onClose}>
      {step === 'form' || amount === undefined ? (
        <Form onSubmit={review}>
          <Select
            label={words.wallet}
            value={wallet}
            options={wallets.map((each) => [each, each] as const)}
            onChoose={setWallet}
          />
          <Field
            label={words.amount}
            value={typed}
            onInput={setTyped}
            mode="decimal"
            autoFocus
            problem={isChecked && amount === undefined ? words.amountWrong : undefined}
          />
          {owed !== '0' && (
            <label class="check">
              <input
                type="checkbox"
                checked={paysOwed}
                onChange={({ currentTarget }) => setPaysOwed(currentTarget.checked)}
              />
              {words.loadPaysOwed(money(owed))}
            </label>
          )}
          <FormEnd submit={words.review} onBack={onClose} />
        </Form>
      ) : (
        <Form onSubmit={() => void load.run()}>
          <p class="figure">{money(amount)}</p>
          <p>{words.loadReview(money(amount), wallet)}</p>
          {pays && <p>{words.loadPaysOwed(money(owed))}</p>}
          <p class="mono id">{account.id}</p>
          <FormEnd
            submit={words.loadConfirm(money(amount))}
            call={load}
            back={words.back}
            onBack={() => setStep('form')}
          />
        </Form>
      )}
    </Dialog>
  )
}
