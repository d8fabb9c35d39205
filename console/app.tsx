import { Component, type ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { askForToken, currentToken, isDevelopment, onSessionChange, signOut } from './api/session.js'
import { Button, Empty } from './parts/basics.js'
import { Failure } from './parts/failure.js'
import { type Health, useHealth } from './parts/health.js'
import { Icon, type IconName } from './parts/icons.js'
import { useLoad } from './parts/use-call.js'
import { Purchase } from './purchase/purchase.js'
import { currentPlace, linkTo, type Place, skipToContent, usePlace } from './router.js'
import { Search } from './search.js'
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
      <Rail room={room || 'accounts'} />
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

function Rail({ room }: { readonly room: string }) {
  const { frame, rooms: names } = text()
  return (
    <nav class="rail" aria-label={frame.navigation}>
      <ul>
        {rooms.map((each) => (
          <li key={each}>
            <a href={linkTo([each])} aria-current={room === each ? 'page' : undefined}>
              <Icon name={each} />
              <span>{names[each]}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function View({ place, timeZone }: { readonly place: Place; readonly timeZone: string }) {
  const [room = '', id, part, partId] = place.path
  if (room === 'accounts' && id && part === 'purchases' && partId) {
    return <Purchase accountId={id} purchaseId={partId} place={place} />
  }
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

// An empty address is the list of accounts.
if (currentPlace().path[0] === '') history.replaceState(null, '', linkTo(['accounts']))
