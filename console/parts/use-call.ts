import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { newId } from '../api/ids.js'
import type { Methods } from '../api/methods.js'

/** The state of a load. Earlier data stay during a reload. */
export type Loaded<Data> = {
  readonly data: Data | undefined
  readonly error: unknown
  readonly loading: boolean
  readonly reload: () => void
}

/** Loads data now, and again when one of the inputs changes. A late answer to older inputs is ignored. */
export function useLoad<Data>(load: () => Promise<Data>, inputs: readonly unknown[]): Loaded<Data> {
  const [state, setState] = useState<Omit<Loaded<Data>, 'reload'>>({
    data: undefined,
    error: undefined,
    loading: true,
  })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isCurrent = true
    setState(({ data }) => ({ data, error: undefined, loading: true }))
    load().then(
      (data) => isCurrent && setState({ data, error: undefined, loading: false }),
      (error: unknown) => isCurrent && setState(({ data }) => ({ data, error, loading: false })),
    )
    return () => {
      isCurrent = false
    }
  }, [...inputs, round])
  return { ...state, reload: useCallback(() => setRound((last) => last + 1), []) }
}

export type Page<Item> = { readonly items: readonly Item[]; readonly next: string }

export type Pages<Item> = {
  readonly items: readonly Item[]
  readonly error: unknown
  readonly loading: boolean
  /** Whether the last page is loaded. */
  readonly complete: boolean
  readonly more: () => void
  readonly reload: () => void
}

/** Loads a list page by page, and from its beginning when one of the inputs changes. */
export function usePages<Item>(
  load: (pageToken: string) => Promise<Page<Item>>,
  inputs: readonly unknown[],
): Pages<Item> {
  const [pages, setPages] = useState<Omit<Pages<Item>, 'more' | 'reload'>>({
    items: [],
    error: undefined,
    loading: true,
    complete: false,
  })
  const [round, setRound] = useState(0)
  const next = useRef('')
  const generation = useRef(0)
  const fetchPage = (before: readonly Item[]) => {
    const mine = generation.current
    setPages((last) => ({ ...last, error: undefined, loading: true }))
    load(next.current).then(
      (page) => {
        if (mine !== generation.current) return
        next.current = page.next
        setPages({
          items: [...before, ...page.items],
          error: undefined,
          loading: false,
          complete: page.next === '',
        })
      },
      (error: unknown) => {
        if (mine === generation.current) setPages((last) => ({ ...last, error, loading: false }))
      },
    )
  }
  useEffect(() => {
    generation.current += 1
    next.current = ''
    fetchPage([])
  }, [...inputs, round])
  return {
    ...pages,
    more: () => {
      if (!pages.loading && !pages.complete) fetchPage(pages.items)
    },
    reload: useCallback(() => setRound((last) => last + 1), []),
  }
}

/** A change that a person starts: whether it is in progress, and its error until the next attempt. */
export type Action<Input> = {
  readonly run: (input: Input) => Promise<void>
  readonly busy: boolean
  readonly error: unknown
  readonly clear: () => void
}

/** Runs a change, one at a time. */
export function useAction<Input = void>(act: (input: Input) => Promise<void>): Action<Input> {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined })
  const busy = useRef(false)
  return {
    ...state,
    run: async (input) => {
      if (busy.current) return
      busy.current = true
      setState({ busy: true, error: undefined })
      try {
        await act(input)
        setState({ busy: false, error: undefined })
      } catch (error) {
        setState({ busy: false, error })
      } finally {
        busy.current = false
      }
    },
    clear: () => setState({ busy: false, error: undefined }),
  }
}

/** The ids of requests that have not succeeded yet, by content. They outlive closed dialogs. */
const requestIds = new Map<string, string>()

/**
 * Returns the id of a request. Until it succeeds, the same method and content have the same id, so a repeat
 * counts once, even after the dialog was closed. `renew` follows a success.
 */
export function useRequestId(
  method: keyof Methods,
  ...content: readonly (string | undefined)[]
): { readonly id: string; readonly renew: () => void } {
  const key = JSON.stringify([method, ...content])
  return {
    get id() {
      const id = requestIds.get(key) ?? newId()
      requestIds.set(key, id)
      return id
    },
    renew: () => requestIds.delete(key),
  }
}
