import type { Calendar } from '../../../src/domain/calendar.js'

/** The calendar of a place that is in no zone but UTC: where no test cares which days there are. */
export const utcCalendar: Calendar = (at) => at.toISOString().slice(0, 10)
