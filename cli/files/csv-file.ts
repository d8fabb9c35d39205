import { CsvError, parse } from 'csv-parse/sync'
import { Failure } from '../failure.js'
import { readTextFile } from './decoded-text.js'
import { originalCell } from './spreadsheet-cell.js'

const separators = [',', ';', '\t'] as const
/** Longest cell that is read, in characters. */
const CELL_LENGTH_MAX = 500
/** Number of lines parsed together. */
const LINES_AT_A_TIME = 1_000

/** A line of a file: its trimmed cells by column name, or its fault. */
export type CsvLine<Column extends string> = {
  /** Line number, from 1. */
  readonly line: number
  readonly cells: Readonly<Record<Column, string>>
  readonly fault?: string
  /** The original line when it has a fault: its cells are empty then. */
  readonly text?: string
}

export type CsvFile<Column extends string> = {
  readonly lines: readonly CsvLine<Column>[]
  /** Columns of the file that are not used. */
  readonly unused: readonly string[]
  readonly separator: string
}

export type CsvFileOptions<Column extends string> = {
  readonly columns: readonly Column[]
  /** The columns that a file may lack: their cells are empty then. */
  readonly optional?: readonly Column[]
  readonly bytesMax: number
  readonly linesMax: number
}

type Line = { readonly line: number; readonly text: string }

type Row = Line & { readonly cells: readonly string[]; readonly fault?: string }

/**
 * Reads a CSV file as spreadsheets write it: a byte order mark, `,` `;` or tab, quotes, any line end, the
 * header in any order, case and spacing, empty columns at the end and lines of separators alone.
 *
 * @throws Failure when the file does not begin like one, or is too large.
 */
export function readCsvFile<Column extends string>(
  path: string,
  { columns, optional = [], bytesMax, linesMax }: CsvFileOptions<Column>,
): CsvFile<Column> {
  const lines = readTextFile(path, bytesMax)
    .split(/\r\n|\n|\r/)
    .map((text, index) => ({ line: index + 1, text }))
  // Spreadsheets name the separator in a line of its own before the header.
  const [, said] = /^sep=(.)$/.exec(lines[0]?.text ?? '') ?? []
  const [header, ...body] = lines.filter(
    ({ line, text }) => text.trim() !== '' && (line > 1 || said === undefined),
  )
  if (!header)
    throw new Failure(`${path} is empty: its first line must name the columns ${columns.join(',')}`)
  if (body.length > linesMax) throw new Failure(`${path} has more than ${linesMax} lines`)
  const separator = said ?? separatorOf(header.text, columns)
  const names = rowOf(header.text, { line: header.line, separator }).cells
  const places = placesOf(path, names, { columns, optional })
  return {
    separator,
    lines: rowsOf(body, separator)
      .filter((row) => !isEmpty(row))
      .map((row) => lineOf(row, { names, places })),
    unused: names.filter((name) => name !== '' && !columns.some((column) => isNamed(name, column))),
  }
}

/** Picks the separator that finds most columns in the header: amounts and names may contain the others. */
function separatorOf(header: string, columns: readonly string[]): string {
  const counted = separators.map((separator) => {
    const { cells } = rowOf(header, { line: 1, separator })
    return {
      separator,
      known: columns.filter((column) => cells.some((name) => isNamed(name, column))).length,
    }
  })
  return counted.reduce((first, other) => (other.known > first.known ? other : first)).separator
}

/**
 * Every line is a record: no cell of these files has a line break, so an unclosed quote spoils only its own
 * line. Lines are parsed in batches, and one by one when a batch fails.
 */
function rowsOf(lines: readonly Line[], separator: string): readonly Row[] {
  return Array.from({ length: Math.ceil(lines.length / LINES_AT_A_TIME) }, (_, index) =>
    lines.slice(index * LINES_AT_A_TIME, (index + 1) * LINES_AT_A_TIME),
  ).flatMap((some) => {
    const records = parsed(some.map(({ text }) => `${text}\n`).join(''), separator)
    if (typeof records === 'string' || records.length !== some.length)
      return some.map(({ line, text }) => rowOf(text, { line, separator }))
    return some.map(({ line, text }, index) => ({ line, text, cells: trimmed(records[index] ?? []) }))
  })
}

function rowOf(text: string, { line, separator }: { line: number; separator: string }): Row {
  const records = parsed(text, separator)
  return typeof records === 'string'
    ? { line, text, cells: [], fault: records }
    : { line, text, cells: trimmed(records[0] ?? []) }
}

/** Splits records into cells, or returns why they cannot be split. */
function parsed(text: string, separator: string): readonly (readonly string[])[] | string {
  try {
    return parse(text, { delimiter: separator, record_delimiter: '\n', relax_column_count: true })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened but not closed in the same line'
    return 'a quote inside an unquoted cell, or text after a quoted cell'
  }
}

function trimmed(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => originalCell(cell.trim()))
}

function placesOf<Column extends string>(
  path: string,
  names: readonly string[],
  { columns, optional }: Required<Pick<CsvFileOptions<Column>, 'columns' | 'optional'>>,
): Readonly<Record<Column, number>> {
  const needed = columns.filter((column) => !optional.includes(column))
  const missing = needed.filter((column) => !names.some((name) => isNamed(name, column)))
  if (missing.length > 0)
    throw new Failure(
      `${path} has no column ${missing.join(', ')}: its first line must name ${needed.join(',')} (in any order, with , ; or tab)`,
    )
  const twice = columns.filter((column) => names.filter((name) => isNamed(name, column)).length > 1)
  if (twice.length > 0) throw new Failure(`${path} has the column ${twice.join(', ')} twice`)
  const places = columns.map((column) => [column, names.findIndex((name) => isNamed(name, column))])
  // Made of all columns, just above.
  return Object.fromEntries(places) as Record<Column, number>
}

/** "Transaction ID", "transaction_id" and "TRANSACTION-ID" are the same column. */
function isNamed(name: string, column: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[\s\u00a0_-]+/g, '')
  return plain(name) === plain(column)
}

function isEmpty({ cells, fault }: Row): boolean {
  return fault === undefined && cells.every((cell) => cell === '')
}

function lineOf<Column extends string>(
  { line, text, cells, fault }: Row,
  { names, places }: { names: readonly string[]; places: Readonly<Record<Column, number>> },
): CsvLine<Column> {
  const found = fault ?? faultIn(cells, names)
  const known = found === undefined ? cells : []
  const entries = Object.entries<number>(places).map(([column, place]) => [column, known[place] ?? ''])
  // As many as there are places.
  const named = Object.fromEntries(entries) as Record<Column, string>
  return { line, cells: named, ...(found !== undefined && { fault: found, text }) }
}

/**
 * Trailing empty columns are optional. A value in a column without a name is an unquoted decimal comma, or
 * worse.
 */
function faultIn(cells: readonly string[], names: readonly string[]): string | undefined {
  const stray = cells.find((cell, place) => cell !== '' && (names[place] ?? '') === '')
  if (stray !== undefined)
    return `has ${cells.length} cells, and ${JSON.stringify(stray)} is in a column without a name (a decimal comma needs quotes or another separator)`
  if (cells.some((cell) => cell.length > CELL_LENGTH_MAX))
    return `has a cell of more than ${CELL_LENGTH_MAX} characters`
  return undefined
}

/** Whether a spreadsheet has turned a long id into a rounded number: `2,50E+17`. */
export function isShortenedNumber(cell: string): boolean {
  return /^-?\d+(?:[.,]\d+)?E[+-]\d+$/i.test(cell)
}
