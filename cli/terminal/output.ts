import type { JsonValue } from '@bufbuild/protobuf'
import { stringify } from 'csv-stringify/sync'
import { formatReais } from '../../src/domain/money.js'
import { terminalLines, terminalText } from '../../src/observability/logging/terminal-text.js'
import { formatAmount } from '../amount.js'
import { Failure } from '../failure.js'
import { safeCell } from '../files/spreadsheet-cell.js'
import type { Column, ColumnKind, Sheet } from './sheet.js'
import { table } from './table.js'

export const outputFormats = ['table', 'json', 'csv'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** Narrowest terminal that tables are laid out for. */
const WIDTH_MIN = 80
/** Width of a table that no terminal shows. */
const WIDTH_ELSEWHERE = 120

/** What a command has to say, for each format. */
export type View = {
  readonly json: JsonValue
  /** For people: lines of text, and sheets. CSV has the first sheet alone. */
  readonly parts: readonly (string | Sheet)[]
}

/** Writes what commands have to say to standard output: a table at a terminal, JSON in a pipe, or as asked for. */
export class Output {
  readonly format: OutputFormat
  /** Whether the person chose the format. */
  readonly isChosen: boolean
  readonly #timeZone: string

  constructor({ format, timeZone }: { format: OutputFormat | undefined; timeZone: string }) {
    this.format = format ?? (process.stdout.isTTY ? 'table' : 'json')
    this.isChosen = format !== undefined
    this.#timeZone = timeZone
  }

  show(view: View): void {
    process.stdout.write(this.#textOf(view))
  }

  /** Says something to the person, on standard error. */
  note(...parts: readonly (string | Sheet)[]): void {
    process.stderr.write(`${this.#tableText(parts)}\n`)
  }

  /** A moment of an answer in the configured time zone, to the minute. */
  time(text: string): string {
    return text === '' ? '' : localTime(text, this.#timeZone)
  }

  #textOf({ json, parts }: View): string {
    if (this.format === 'json') return `${terminalLines(JSON.stringify(json, null, 2))}\n`
    if (this.format === 'csv') return csvOf(parts.find((part) => typeof part !== 'string'))
    return `${this.#tableText(parts)}\n`
  }

  #tableText(parts: View['parts']): string {
    return parts.map((part) => (typeof part === 'string' ? lines(part) : this.#table(part))).join('\n\n')
  }

  #table({ columns, rows }: Sheet): string {
    if (rows.length === 0) return 'none'
    const titled = columns.flatMap((column, index) =>
      column.title === undefined ? [] : [{ ...column, title: column.title, index }],
    )
    const noted = columns.findIndex(({ kind }) => kind === 'note')
    return table(
      titled.map(({ title, kind = 'text' }) => ({
        title,
        align: kind === 'money' || kind === 'count' ? 'right' : 'left',
        breaks: breaksOf(kind),
      })),
      rows.map((row) => ({
        cells: titled.map((column) => this.#cell(row[column.index] ?? '', column)),
        note: lines(row[noted] ?? ''),
      })),
      terminalWidth(),
    )
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
  return kind === 'text' ? 'ANYWHERE' : 'BETWEEN_WORDS'
}

/** `INSUFFICIENT_BALANCE` as people say it. */
export function words(value: string): string {
  return value.replaceAll('_', ' ').toLowerCase()
}

function csvOf(sheet: Sheet | undefined): string {
  if (!sheet) throw new Failure('this command has no table: use --output json')
  const shown = sheet.columns.flatMap((column, index) =>
    column.tableOnly || column.kind === 'note' ? [] : [{ ...column, index }],
  )
  const rows = sheet.rows.map((row) => shown.map(({ index, kind }) => csvCell(row[index] ?? '', kind)))
  // At a terminal nobody imports it again: nothing hidden may get through.
  const cells = process.stdout.isTTY ? rows.map((row) => row.map(terminalText)) : rows
  return stringify([shown.map(({ name }) => name), ...cells])
}

function csvCell(value: string, kind: Column['kind']): string {
  if (kind === 'money') return value === '' ? '' : formatReais(BigInt(value))
  return kind === 'count' ? value : safeCell(value)
}

/** Several lines stay lines; everything else that is hidden is shown. */
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
