/** A day, as ISO 8601 writes it: 2026-11-23. The earlier day is the smaller text. */
export type Day = string

/** Says on which day of the holders' calendar an instant falls. Never another answer for the same instant. */
export type Calendar = (at: Date) => Day

/** The month of a day, as ISO 8601 writes it: 2026-11. The earlier month is the smaller text. */
export function monthOf(day: Day): string {
  return day.slice(0, 7)
}
