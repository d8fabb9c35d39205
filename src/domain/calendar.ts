/** A day in ISO 8601 form, such as 2026-11-23. Text order is date order. */
export type Day = string

/** Maps an instant to its day in the holders' time zone. Always returns the same day for the same instant. */
export type Calendar = (at: Date) => Day

/** Returns the month of a day in ISO 8601 form, such as 2026-11. Text order is date order. */
export function monthOf(day: Day): string {
  return day.slice(0, 7)
}
