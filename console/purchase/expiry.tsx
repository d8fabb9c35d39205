import { text } from '../text/text.js'
import { dateTime, fromNow } from '../text/time.js'

/** The time when a hold expires, in words and exact. */
export function Expiry({ time }: { readonly time: string }) {
  const isDue = Date.parse(time) <= Date.now()
  return (
    <>
      <span>{isDue ? text().holds.due : fromNow(time)}</span>{' '}
      <time class="quiet" dateTime={time}>
        {dateTime(time)}
      </time>
    </>
  )
}
