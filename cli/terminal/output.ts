import type { JsonValue } from '@bufbuild/protobuf'
import { stringify } from 'csv-stringify/sync'
import { formatReais } from '../../src/domain/money.js'
import { terminalLines, terminalText } from '../../src/observability/logging/terminal-text.js'
import { formatAmount } from '../amount.js'
import { BYTE_ORDER_MARK } from '../files/csv-writer.js'
import { safeCell } from '../files/spreadsheet-cell.js'
import type { Column, ColumnKind, Sheet } from './sheet.js'
import { fits, type TableColumn, type TableRow, table } from './table.js'

export const outputFormats = ['table', 'json', 'csv', 'excel'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** CSV for programs, and CSV for Excel in countries with a decimal comma. */
const csvDialects = {
  csv: { separator: ',', decimal: '.', mark: '' },
  excel: { separator: ';', decimal: ',', mark: BYTE_ORDER_MARK },
} as const
type CsvDialect = (typeof csvDialects)[keyof typeof csvDialects]

/** Narrowest terminal that tables fit. */
const WIDTH_MIN = 80
/** Width of a table outside a terminal. */
const WIDTH_ELSEWHERE = 120

/** The result of a command, for each format. */
export type View = {
  readonly json: JsonValue
  /** For people: lines of text, and sheets. */
  readonly parts: readonly (string | Sheet)[]
  /** For programs. Absent: the first sheet of the parts. */
  readonly csv?: Sheet
}

type Layout = { readonly columns: readonly TableColumn[]; readonly rows: readonly TableRow[] }

/**
 * Writes the results of commands to standard output: a table at a terminal, JSON in a pipe, or the requested
 * format.
 */
export class Output {
  readonly format: OutputFormat
  /** Whether the user chose the format. */
  readonly isChosen: boolean
  readonly #timeZone: string

  constructor({ format, timeZone }: { format: OutputFormat | undefined; timeZone: string }) {
    this.format = format ?? (process.stdout.isTTY ? 'table' : 'json')
    this.isChosen = format !== undefined
    this.#timeZone = timeZone
  }

  show(view: View): void {
    process.stdout.write(this.#textOf(view))
    if (this.format !== 'csv' && this.format !== 'excel') return
    // CSV has only rows. Other lines, such as a summary or the next page, go to standard error.
    const below = view.parts.slice(view.parts.findLastIndex((part) => typeof part !== 'string') + 1)
    if (below.length > 0) this.note(...below)
  }

  /** Writes a message for the user to standard error. */
  note(...parts: readonly (string | Sheet)[]): void {
    process.stderr.write(`${this.#tableText(parts)}\n`)
  }

  /** Formats a time of an answer in the configured time zone, to the minute. */
  time(text: string): string {
    return text === '' ? '' : localTime(text, this.#timeZone)
  }

  #textOf({ json, parts, csv }: View): string {
    if (this.format === 'json') return `${terminalLines(JSON.stringify(json, null, 2))}\n`
    if (this.format === 'table') return `${this.#tableText(parts)}\n`
    return csvOf(csv ?? parts.find((part) => typeof part !== 'string'), csvDialects[this.format])
  }

  #tableText(parts: View['parts']): string {
    return parts.map((part) => (typeof part === 'string' ? lines(part) : this.#table(part))).join('\n\n')
  }

  #table(sheet: Sheet): string {
    if (sheet.rows.length === 0) return 'none'
    const width = terminalWidth()
    const whole = this.#laidOut(sheet, { isNarrow: false })
    const { columns, rows } = fits(whole.columns, whole.rows, width)
      ? whole
      : this.#laidOut(sheet, { isNarrow: true })
    return table(columns, rows, width)
  }

  #laidOut({ columns, rows }: Sheet, { isNarrow }: { isNarrow: boolean }): Layout {
    const titled = columns.flatMap(({ title, ...column }, index) =>
      title === undefined ? [] : [{ ...column, title, index }],
    )
    const isBelow = ({ givesWay }: Column) => isNarrow && givesWay === true
    const across = titled.filter((column) => !isBelow(column))
    const below = titled.filter(isBelow)
    const noted = columns.findIndex(({ kind }) => kind === 'note')
    const cellsOf = (row: readonly string[], some: typeof titled) =>
      some.map((column) => this.#cell(row[column.index] ?? '', column))
    return {
      columns: across.map(({ title, kind = 'text' }) => ({
        title,
        align: kind === 'money' || kind === 'count' ? 'right' : 'left',
        breaks: breaksOf(kind),
      })),
      rows: rows.map((row) => ({
        cells: cellsOf(row, across),
        note: [...cellsOf(row, below), lines(row[noted] ?? '')].filter((text) => text !== '').join('\n'),
      })),
    }
  }

  #cell(value: string, { kind = 'text' }: Column): string {
    if (value === '') return ''
    if (kind === 'money') return formatAmount(BigInt(value))
    if (kind === 'time') return this.time(value)
    if (kind === 'word') return terminalText(words(value))
    return lines(value)
  }
}

function breaksOf(kind: ColumnKind) {
  if (kind === 'money' || kind === 'count') return 'NEVER'
  if (kind === 'whole') return 'WHOLE_WORDS'
  return kind === 'text' ? 'ANYWHERE' : 'BETWEEN_WORDS'
}

/** Formats `INSUFFICIENT_BALANCE` as words. */
export function words(value: string): string {
  return value.replaceAll('_', ' ').toLowerCase()
}

/** The command has already done its work: without a sheet the CSV is empty instead of an error. */
function csvOf(sheet: Sheet | undefined, { separator, decimal, mark }: CsvDialect): string {
  if (!sheet) return ''
  const shown = sheet.columns.flatMap((column, index) =>
    column.tableOnly || column.kind === 'note' ? [] : [{ ...column, index }],
  )
  const rows = sheet.rows.map((row) =>
    shown.map(({ index, kind }) => csvCell(row[index] ?? '', kind, decimal)),
  )
  // A terminal must show every hidden character: its output is not imported again.
  const cells = process.stdout.isTTY ? rows.map((row) => row.map(terminalText)) : rows
  const text = stringify([shown.map(({ name }) => name), ...cells], { delimiter: separator })
  return process.stdout.isTTY ? text : mark + text
}

function csvCell(value: string, kind: Column['kind'], decimal: string): string {
  if (kind === 'money') return value === '' ? '' : formatReais(BigInt(value)).replace('.', decimal)
  return kind === 'count' ? value : safeCell(value)
}

/** Keeps line breaks and makes all other hidden characters visible. */
function lines(text: string): string {
  return terminalLines(text)
}

function terminalWidth(): number {
  const columns = process.stdout.columns || Number(process.env['COLUMNS']) || WIDTH_ELSEWHERE
  return Math.max(WIDTH_MIN, columns)
}

function localTime(text: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(text))
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`
}
