import type { Calendar } from '../../../src/domain/calendar.js'

/** The calendar of UTC, for tests in which days do not matter. */
export const utcCalendar: Calendar = (at) => at.toISOString().slice(0, 10)
