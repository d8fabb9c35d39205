import { useEffect, useState } from 'preact/hooks'

/** The place that the address names: `#/accounts/a1?kind=CREDIT` has the path `accounts`, `a1`. */
export type Place = { readonly path: readonly string[]; readonly query: URLSearchParams }

export function currentPlace(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2)
  return { path: path.split('/').map(decoded), query: new URLSearchParams(query) }
}

/** Returns the link to a place. Empty values of the query are left out. */
export function linkTo(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const kept = Object.entries(query).filter((each): each is [string, string] => Boolean(each[1]))
  const search = new URLSearchParams(kept).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

/** Goes to a place. With `replace`, the browser's back button skips the current one. */
export function goTo(link: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', link)
    dispatchEvent(new HashChangeEvent('hashchange'))
  } else location.hash = link
}

/** The current place; the component renders again when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(currentPlace)
  useEffect(() => {
    const update = () => setPlace(currentPlace())
    addEventListener('hashchange', update)
    return () => removeEventListener('hashchange', update)
  }, [])
  return place
}

/** Moves the focus past the frame. The address stays: it names the view. */
export function skipToContent(): void {
  document.getElementById('content')?.focus()
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
