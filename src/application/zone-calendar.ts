import type { Calendar, Day } from '../domain/calendar.js'

/**
 * The calendar of a time zone, by its IANA name. Every offset there ever was is of whole seconds, so an answer is good for a
 * second: under load the slow look at the zone's rules is taken once for thousands of purchases.
 *
 * @throws RangeError when there is no such time zone.
 */
export function zoneCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: ianaName(timeZone),
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  let second = Number.NaN
  let day: Day = ''
  return (at) => {
    const asked = Math.floor(at.getTime() / 1000)
    if (asked !== second) {
      day = dayIn(format, at)
      second = asked
    }
    return day
  }
}

/** Newer versions of Node take offsets such as +03:00 as well: a zone with a name has rules, an offset is a mistake in waiting. */
function ianaName(timeZone: string): string {
  if (!/^[A-Za-z]/.test(timeZone)) throw new RangeError('a time zone is named as in America/Sao_Paulo')
  return timeZone
}

function dayIn(format: Intl.DateTimeFormat, at: Date): Day {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const [year = '', month, day] = [parts.get('year'), parts.get('month'), parts.get('day')]
  return `${year.padStart(4, '0')}-${month}-${day}`
}
