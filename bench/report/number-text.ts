import type { Spread } from './spread.js'

/** A number for people: three digits that count, thousands set apart. */
export function numberText(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en-US', {
    minimumFractionDigits: 0,
    maximumFractionDigits: Math.min(digits, 6),
  })
}

/** A median, and in brackets how far the rounds are apart. */
export function spreadText(spread: Spread | undefined, text: (value: number) => string = numberText): string {
  if (!spread) return '-'
  const [median, min, max] = [text(spread.median), text(spread.min), text(spread.max)]
  return min === max ? median : `${median} (${min} to ${max})`
}

/** How many times as much. */
export function timesText(value: number): string {
  return `${numberText(value)}×`
}
