import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { text } from '../text/text.js'
import { Button } from './basics.js'
import { Failure } from './failure.js'
import type { Pages } from './use-call.js'

/** The end of a list, which loads the next page on scrolling. A button does the same. */
export function ListEnd<Item>({
  pages,
  empty,
}: {
  readonly pages: Pages<Item>
  readonly empty: ComponentChildren
}) {
  const { items, error, loading, complete, more, reload } = pages
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = end.current
    if (!element || complete || loading || error !== undefined) return
    const observer = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && more(), {
      rootMargin: '400px',
    })
    observer.observe(element)
    return () => observer.disconnect()
  })
  const { frame } = text()
  if (error !== undefined) return <Failure error={error} onRetry={items.length === 0 ? reload : more} />
  if (loading) {
    return (
      <div class="list-end" aria-busy="true">
        {frame.loading}…
      </div>
    )
  }
  if (items.length === 0) return <>{empty}</>
  return (
    <div class="list-end" ref={end}>
      {complete ? items.length > 20 && frame.end : <Button onClick={more}>{frame.more}</Button>}
    </div>
  )
}
