import { useEffect, useRef, useState } from 'preact/hooks'
import { call } from '../api/client.js'
import { drawnSimulation } from '../decision/steps.js'
import { purchaseOf, type Typed, typedAt } from '../decision/typed-purchase.js'
import { Empty, Head } from '../parts/basics.js'
import { Failure } from '../parts/failure.js'
import { type Loaded, useLoad } from '../parts/use-call.js'
import { linkTo, type Place } from '../router.js'
import { addressMoney } from '../text/money.js'
import { text } from '../text/text.js'
import { Examples, PurchaseForm } from './purchase-form.js'
import { type Drawing, SimulatedDecision } from './simulated-decision.js'

/** Time after the last keystroke before the form is simulated, in milliseconds. */
const PAUSE_MS = 300

/**
 * A purchase to simulate. The decision is drawn during typing, and nothing is recorded until the person makes
 * the purchase.
 */
export function Simulate({ place }: { readonly place: Place }) {
  const { simulate } = text()
  const [typed, setTyped] = useTyped(place)
  const [isChecked, setChecked] = useState(false)
  const [round, setRound] = useState(0)
  const accounts = useAccountIds()
  const [first = ''] = accounts
  useEffect(() => {
    if (typed.account === '' && first !== '')
      setTyped((last) => ({ ...last, account: last.account || first }))
  }, [first])
  const purchase = purchaseOf(typed)
  const debounced = useDebounced(JSON.stringify(typed))
  const drawing = useLoad(() => draw(JSON.parse(debounced)), [debounced, round])
  const { result, isAwaited } = useRevealed(drawing)
  return (
    <>
      <Head title={simulate.title} why={simulate.why} />
      <div class="simulate">
        <div class="simulate-form">
          <PurchaseForm
            typed={typed}
            accounts={accounts}
            isChecked={isChecked}
            onType={(changed) => {
              isAwaited.current = false
              setTyped(changed)
            }}
            onSubmit={() => {
              setChecked(true)
              isAwaited.current = purchase !== undefined
              setRound(round + 1)
            }}
          />
          <Examples
            account={first || typed.account}
            onChoose={(example) => {
              isAwaited.current = true
              setTyped(example)
            }}
          />
        </div>
        <div class="simulate-result" ref={result} aria-live="polite" aria-busy={drawing.loading}>
          {drawing.error !== undefined ? (
            <Failure error={drawing.error} onRetry={drawing.reload} />
          ) : drawing.data && purchase ? (
            <SimulatedDecision key={debounced} drawing={drawing.data} onChanged={() => setRound(round + 1)} />
          ) : (
            <Empty>{simulate.empty}</Empty>
          )}
        </div>
      </div>
    </>
  )
}

/** The fields of the form. They follow the address. */
function useTyped(place: Place) {
  const [typed, setTyped] = useState<Typed>(() => typedAt(place))
  const drawnPlace = useRef(place)
  useEffect(() => {
    if (place === drawnPlace.current) return
    drawnPlace.current = place
    // A link to another purchase, or the back button. A link to the view alone keeps the form.
    if (place.query.size > 0) setTyped(typedAt(place))
  }, [place])
  return [typed, setTyped] as const
}

/** The ids of the first accounts; none without the scope to list them. */
function useAccountIds(): readonly string[] {
  const { data: ids = [] } = useLoad(async () => {
    const { accounts = [] } = await call('AccountService/ListAccounts', { pageSize: 20 }).catch(() => ({
      accounts: [],
    }))
    return accounts.map(({ id }) => id)
  }, [])
  return ids
}

/** The value once it has not changed for a moment. */
function useDebounced(value: string): string {
  const [debounced, setDebounced] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return debounced
}

/** Simulates the purchase that is typed, and puts it into the address; undefined while it is incomplete. */
async function draw(typed: Typed): Promise<Drawing | undefined> {
  const purchase = purchaseOf(typed)
  if (purchase === undefined) return undefined
  const { accountId, amount } = purchase
  history.replaceState(null, '', linkTo(['simulate'], { ...typed, amount: addressMoney(amount) }))
  const simulation = await call('AuthorizationService/Simulate', { ...purchase, amount: String(amount) })
  if (drawnSimulation(simulation, purchase).decidedBy !== 'purchaseLimit') return { purchase, simulation }
  // The limit makes the sentence exact. Without the scope to read the account, it says less.
  const { account } = await call('AccountService/GetAccount', { accountId }).catch(() => ({
    account: undefined,
  }))
  return { purchase, simulation, purchaseMax: account?.limits?.purchaseMax }
}

/** Scrolls to the decision when it comes, if somebody awaits it: on a narrow screen it is below the form. */
function useRevealed({ data, error, loading }: Loaded<Drawing | undefined>) {
  const result = useRef<HTMLDivElement>(null)
  const isAwaited = useRef(false)
  useEffect(() => {
    if (!isAwaited.current || loading) return
    isAwaited.current = false
    const { top = 0 } = result.current?.getBoundingClientRect() ?? {}
    if (top > innerHeight / 2) result.current?.scrollIntoView()
  }, [data, error])
  return { result, isAwaited }
}
