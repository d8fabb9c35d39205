import type { Calendar, Day } from '../domain/calendar.js'

/**
 * Creates the calendar of a time zone from its IANA name. All offsets, past ones included, are whole seconds,
 * so an answer holds for one second. Under load, one slow look-up of the zone's rules serves thousands of
 * purchases.
 *
 * @throws RangeError when the time zone does not exist.
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

/**
 * Checks that the time zone is given by name. Newer versions of Node also accept offsets such as +03:00,
 * which have no daylight-saving rules.
 */
function ianaName(timeZone: string): string {
  if (!/^[A-Za-z]/.test(timeZone))
    throw new RangeError('a time zone has an IANA name, such as America/Sao_Paulo')
  return timeZone
}

function dayIn(format: Intl.DateTimeFormat, at: Date): Day {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const [year = '', month, day] = [parts.get('year'), parts.get('month'), parts.get('day')]
  return `${year.padStart(4, '0')}-${month}-${day}`
}
