import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError } from './api/api-error.js'
import { call } from './api/client.js'
import { purchaseLink } from './entry/places.js'
import { Failure } from './parts/failure.js'
import { Icon } from './parts/icons.js'
import { goTo, linkTo, type Place, skipToContent } from './router.js'
import { text } from './text/text.js'

/** The search: an account, a transaction of the account in view, or a merchant. */
export function Search({ place }: { readonly place: Place }) {
  const { frame } = text()
  const [typed, setTyped] = useState('')
  const [nothing, setNothing] = useState<string>()
  const [error, setError] = useState<unknown>()
  const input = useRef<HTMLInputElement>(null)
  useSlashKey(input)
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
          maxLength={136}
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

/** Lets the slash key move the focus to the input, unless somebody types elsewhere. */
function useSlashKey(input: RefObject<HTMLInputElement | null>): void {
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
}

/** Finds the place that a search means; undefined when it is no account and no transaction of the account. */
async function find(wanted: string, account: string | undefined): Promise<string | undefined> {
  const isExpiry = /^expiry [!-~]{1,128}$/.test(wanted)
  // Ids have no space and accounts no asterisk, as merchants have. Only the id of an expiry has a space.
  const isId = isExpiry || /^[!-~]{1,128}$/.test(wanted)
  if (!/^[A-Za-z0-9][\w.:-]{0,63}$/.test(wanted) && !(account && isId)) {
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
  if (await exists(call('AccountService/GetTransaction', transaction)))
    return linkTo(['accounts', account], { entry: wanted })
  if (isExpiry) return undefined
  // Captures, advices, refunds and reversals may name a purchase that the service has never seen.
  return (await exists(call('AccountService/GetPurchase', transaction)))
    ? purchaseLink(account, wanted)
    : undefined
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
