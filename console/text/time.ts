import { language } from './language.js'

function locale(): string {
  return language() === 'pt' ? 'pt-BR' : 'en-GB'
}

/** Formats a timestamp in the viewer's time zone, to the second. */
export function dateTime(timestamp: string | undefined): string {
  if (timestamp === undefined) return ''
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(timestamp),
  )
}

/** Formats a timestamp in the viewer's time zone, to the minute, without the current year. */
export function shortDateTime(timestamp: string | undefined): string {
  if (timestamp === undefined) return ''
  const date = new Date(timestamp)
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  return new Intl.DateTimeFormat(locale(), {
    day: '2-digit',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(date)
}

/** The units of a distance in time, each with its length in milliseconds. */
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** Says how far away a time is, such as `in 6 days`, in the largest unit that it has. */
export function fromNow(timestamp: string, now = Date.now()): string {
  const distanceMs = Date.parse(timestamp) - now
  const [unit, lengthMs] = units.find(([, length]) => Math.abs(distanceMs) >= length) ?? ['second', 1_000]
  return new Intl.RelativeTimeFormat(locale()).format(Math.round(distanceMs / lengthMs), unit)
}

/** Formats the time of day, to the second. */
export function timeOfDay(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(date)
}

/** Formats a number with at most so many decimals. */
export function number(value: number, decimals = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: decimals }).format(value)
}

/** The calendar day in a time zone, such as `2026-11-23`. */
export function dayIn(timeZone: string, date = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(date)
}
