import type { Spread } from './spread.js'

export type Table = {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Every column is text; otherwise all but the first are numbers. */
  readonly isText?: boolean
}

/** The table in Markdown. */
export function tableText({ head, rows, isText = false }: Table): string {
  const rule = head.map((_, column) => (isText || column === 0 ? '---' : '---:'))
  return [head, rule, ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}

/** A number with three significant digits, thousands set apart. */
export function numberText(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en-US', {
    minimumFractionDigits: 0,
    maximumFractionDigits: Math.min(digits, 6),
  })
}

/** A median, with the smallest and the largest of the rounds in brackets. */
export function spreadText(spread: Spread | undefined, text: (value: number) => string = numberText): string {
  if (!spread) return '-'
  const [median, min, max] = [text(spread.median), text(spread.min), text(spread.max)]
  return min === max ? median : `${median} (${min} to ${max})`
}

/** A factor. */
export function timesText(value: number): string {
  return `${numberText(value)}×`
}
