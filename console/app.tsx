import { Component, type ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError } from './api/api-error.js'
import { call } from './api/client.js'
import { askForToken, currentToken, isDevelopment, onSessionChange, signOut } from './api/session.js'
import { Button, Empty } from './parts/basics.js'
import { Failure } from './parts/failure.js'
import { type Health, useHealth } from './parts/health.js'
import { Icon, type IconName } from './parts/icons.js'
import { useLoad } from './parts/use-call.js'
import { currentPlace, goTo, linkTo, type Place, usePlace } from './router.js'
import { chooseLanguage, language } from './text/language.js'
import { text } from './text/text.js'
import { Account } from './views/account.js'
import { Accounts } from './views/accounts.js'
import { Api } from './views/api.js'
import { Categories } from './views/categories.js'
import { Live } from './views/live.js'
import { Rules } from './views/rules.js'
import { Session } from './views/session.js'
import { Simulate } from './views/simulate.js'

const rooms = [
  'accounts',
  'simulate',
  'rules',
  'categories',
  'live',
  'api',
] as const satisfies readonly IconName[]

/** The console: its frame, and the view that the address names. */
export function App() {
  const place = usePlace()
  const [spoken, setSpoken] = useState(language())
  const [isSignedIn, setSignedIn] = useState(currentToken() !== undefined)
  const wasSignedIn = useRef(false)
  const health = useHealth(isSignedIn)
  const start = useLoad(askForToken, [])
  useEffect(() => onSessionChange(() => setSignedIn(currentToken() !== undefined)), [])
  const { frame, rooms: names, title } = text()
  const [room = ''] = place.path
  useEffect(() => {
    document.documentElement.lang = spoken === 'pt' ? 'pt-BR' : 'en'
    const name = rooms.find((each) => each === (room || 'accounts'))
    document.title = name ? `${names[name]} · ${title}` : title
  }, [spoken, room])
  if (isSignedIn) wasSignedIn.current = true
  return (
    <>
      <button type="button" class="skip" onClick={skipToContent}>
        {frame.skip}
      </button>
      <nav class="rail" aria-label={frame.navigation}>
        <ul>
          {rooms.map((each) => (
            <li key={each}>
              <a
                href={linkTo([each])}
                aria-current={(room === '' ? 'accounts' : room) === each ? 'page' : undefined}
              >
                <Icon name={each} />
                <span>{names[each]}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="stage">
        <header class="top">
          <Search place={place} />
          <Corner
            health={health}
            isSignedIn={isSignedIn}
            onLanguage={() => {
              chooseLanguage(spoken === 'pt' ? 'en' : 'pt')
              setSpoken(language())
            }}
          />
        </header>
        {health.state !== 'ready' && (
          <p class="banner" role="status">
            {health.state === 'unreachable' ? frame.unreachable : frame.notReady}
          </p>
        )}
        <main id="content" tabIndex={-1}>
          {start.error !== undefined && !wasSignedIn.current && (
            <Failure error={start.error} onRetry={start.reload} />
          )}
          {!isSignedIn && !start.loading && start.error === undefined && (
            <Session isOver={wasSignedIn.current} />
          )}
          {/* Once signed in, the view stays behind the request for a new token: nothing typed is lost. */}
          {wasSignedIn.current && (
            <Guard key={place.path.join('/')}>
              <View place={place} timeZone={health.timeZone} />
            </Guard>
          )}
        </main>
      </div>
    </>
  )
}

function View({ place, timeZone }: { readonly place: Place; readonly timeZone: string }) {
  const [room = '', id] = place.path
  if (room === '' || room === 'accounts') {
    return id ? <Account key={id} id={id} place={place} timeZone={timeZone} /> : <Accounts place={place} />
  }
  if (room === 'simulate') return <Simulate place={place} />
  if (room === 'rules') return <Rules place={place} />
  if (room === 'categories') return <Categories />
  if (room === 'live') return <Live />
  if (room === 'api') return <Api />
  const { frame } = text()
  return (
    <Empty>
      <h1>{frame.unknownPage}</h1>
      <a class="button plain" href={linkTo(['accounts'])}>
        {frame.startPage}
      </a>
    </Empty>
  )
}

/** Shows an error in place of a view that cannot be drawn. The rest of the console stays. */
class Guard extends Component<{ readonly children: ComponentChildren }, { readonly error: unknown }> {
  override state = { error: undefined as unknown }

  static override getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    return this.state.error === undefined ? this.props.children : <Failure error={this.state.error} />
  }
}

function Corner({
  health,
  isSignedIn,
  onLanguage,
}: {
  readonly health: Health
  readonly isSignedIn: boolean
  readonly onLanguage: () => void
}) {
  const { frame } = text()
  return (
    <div class="corner">
      {isSignedIn && (
        <span class="environment">
          {isDevelopment() ? frame.development : location.host}
          {health.version !== '' && <> {health.version}</>}
        </span>
      )}
      {isSignedIn && !isDevelopment() && <Button onClick={signOut}>{frame.signOut}</Button>}
      <button
        type="button"
        class="icon-button"
        onClick={onLanguage}
        aria-label={`${frame.otherLanguage}: ${frame.switchLanguage}`}
      >
        {frame.otherLanguage}
      </button>
    </div>
  )
}

/** The search: an account, a transaction of the account in view, or a merchant. */
function Search({ place }: { readonly place: Place }) {
  const { frame } = text()
  const [typed, setTyped] = useState('')
  const [nothing, setNothing] = useState<string>()
  const [error, setError] = useState<unknown>()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = (event.target as HTMLElement).closest('input, select, textarea, dialog')
      if (event.key !== '/' || isTyping) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', focus)
    return () => removeEventListener('keydown', focus)
  }, [])
  useEffect(() => {
    setNothing(undefined)
    setError(undefined)
  }, [place])
  const account = place.path[0] === 'accounts' ? place.path[1] : undefined
  const search = async () => {
    const wanted = typed.trim()
    if (wanted === '') return
    setError(undefined)
    try {
      const found = await find(wanted, account)
      if (found === undefined) setNothing(wanted)
      else {
        setTyped('')
        goTo(found)
        // The next key press is for the found place.
        skipToContent()
      }
    } catch (failed) {
      setError(failed)
    }
  }
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault()
          void search()
        }}
      >
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label={frame.search}
          placeholder={frame.searchHint}
          value={typed}
          maxLength={128}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => {
            setTyped(currentTarget.value)
            setNothing(undefined)
          }}
        />
        <span class="shortcut" aria-hidden="true">
          /
        </span>
      </form>
      {nothing !== undefined && (
        <p class="search-note" role="status">
          {frame.searchNothing(nothing)}{' '}
          <a href={linkTo(['rules'], { merchant: nothing })}>{frame.searchMerchant}</a>
        </p>
      )}
      <Failure error={error} />
    </search>
  )
}

/**
 * Finds the place that a search means; undefined when it is neither an account nor one of its transactions.
 */
async function find(wanted: string, account: string | undefined): Promise<string | undefined> {
  // An account's id has no space and no asterisk, as merchants have.
  if (!/^[A-Za-z0-9][\w.:-]{0,63}$/.test(wanted) && !(account && /^[!-~]{1,128}$/.test(wanted))) {
    return linkTo(['rules'], { merchant: wanted })
  }
  if (
    /^[A-Za-z0-9][\w.:-]{0,63}$/.test(wanted) &&
    (await exists(call('AccountService/GetAccount', { accountId: wanted })))
  ) {
    return linkTo(['accounts', wanted])
  }
  if (account === undefined) return undefined
  const transaction = { accountId: account, transactionId: wanted }
  if (!(await exists(call('AccountService/GetTransaction', transaction)))) return undefined
  return linkTo(['accounts', account], { entry: wanted })
}

async function exists(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return true
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') return false
    throw error
  }
}

/** Moves the focus past the frame. The address stays: it names the view. */
function skipToContent(): void {
  document.getElementById('content')?.focus()
}

// An empty address is the list of accounts.
if (currentPlace().path[0] === '') history.replaceState(null, '', linkTo(['accounts']))
