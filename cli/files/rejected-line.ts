import type { View } from '../terminal/output.js'
import { type Sheet, sheetOf } from '../terminal/sheet.js'
import { BYTE_ORDER_MARK, csvText, type NewFile } from './csv-writer.js'

/** Number of lines that a table shows. JSON, CSV and the file of rejects have all. */
const SHOWN_MAX = 100
/** Longest text of a line that a table shows, in characters. */
const TEXT_LENGTH_MAX = 200

/** A line of a file that was rejected, or that a person should look at, and why. */
export type RejectedLine<Column extends string> = {
  readonly line: number
  /** As the file has it. */
  readonly cells: Readonly<Record<Column, string>>
  /** Such as ACCOUNT_CLOSED; INVALID_LINE when the file itself is wrong. */
  readonly reason: string
  readonly description: string
  /** The original line when it cannot be split into cells; `cells` are empty then. */
  readonly text?: string
}

type Place<Column extends string> = Pick<RejectedLine<Column>, 'line' | 'cells'>

/** A line that is wrong in the file itself. */
export function badLine<Column extends string>(
  { line, cells }: Place<Column>,
  description: string,
): RejectedLine<Column> {
  return { line, cells, reason: 'INVALID_LINE', description }
}

/** Sorts lines as the file has them. */
export function inFileOrder<Line extends { readonly line: number }>(lines: readonly Line[]): Line[] {
  return [...lines].sort((one, other) => one.line - other.line)
}

type Identified<Column extends string> = Place<Column> & {
  readonly transactionId: string
  readonly accountId: string
}

/**
 * Finds lines that repeat an id of the same account. Of equal lines it keeps the first; of different lines
 * none, because the intended line is unknown.
 */
export function doubledLines<Column extends string, Line extends Identified<Column>>(
  lines: readonly Line[],
  { noun, areEqual }: { readonly noun: string; readonly areEqual: (one: Line, other: Line) => boolean },
): ReadonlyMap<number, RejectedLine<Column>> {
  const byId = new Map<string, Line[]>()
  for (const line of lines) {
    const key = `${line.accountId} ${line.transactionId}`
    const same = byId.get(key)
    if (same) same.push(line)
    else byId.set(key, [line])
  }
  const doubled = [...byId.values()].filter(({ length }) => length > 1)
  const rejected = doubled.flatMap(([first, ...others]) => {
    if (!first) return []
    const isRepeat = others.every((other) => areEqual(first, other))
    const how = isRepeat ? `the same ${noun} is` : `another ${noun} with the same id is`
    const rejection = (one: Line, otherLine: number | undefined) =>
      badLine(
        one,
        `transaction_id ${one.transactionId} of account ${one.accountId}: ${how} on line ${otherLine}`,
      )
    return [
      ...(isRepeat ? [] : [rejection(first, others[0]?.line)]),
      ...others.map((other) => rejection(other, first.line)),
    ]
  })
  return new Map(rejected.map((line) => [line.line, line]))
}

/** Writes lines as the JSON of a summary. */
export function linesAsJson<Column extends string>(lines: readonly RejectedLine<Column>[]) {
  return lines.map(({ line, cells, reason, description, text }) => ({
    line,
    ...cells,
    reason,
    description,
    ...(text !== undefined && { text }),
  }))
}

/** Shows lines in a table under a title, the first ones of many; nothing when there are none. */
export function shownLines<Column extends string>(
  title: string,
  lines: readonly RejectedLine<Column>[],
  columns: Columns<Column>,
): View['parts'] {
  if (lines.length === 0) return []
  const isCut = lines.length > SHOWN_MAX
  return [
    isCut ? `${title}, the first ${SHOWN_MAX} of ${count(lines.length)} lines:` : `${title}:`,
    linesSheet(lines.slice(0, SHOWN_MAX), columns),
  ]
}

/** The columns of a file; those with a title are in tables, too. */
export type Columns<Column extends string> = readonly {
  readonly name: Column
  readonly title?: string
}[]

/** Lays out lines: their columns, the reason and the problem. */
export function linesSheet<Column extends string>(
  lines: readonly RejectedLine<Column>[],
  columns: Columns<Column>,
): Sheet {
  return sheetOf<RejectedLine<Column>>(
    [
      { name: 'line', title: 'line', kind: 'count', value: ({ line }) => line },
      ...columns.map(({ name, title }) => ({
        name,
        ...(title !== undefined && { title }),
        value: ({ cells }: RejectedLine<Column>) => cells[name],
      })),
      { name: 'reason', value: ({ reason }) => reason },
      { name: 'problem', title: 'problem', value: ({ description }) => description },
      { name: 'text', value: ({ text = '' }) => text },
      { name: 'text_shown', kind: 'note', value: ({ text = '' }) => shortened(text) },
    ],
    lines,
  )
}

/**
 * Writes rejected lines for correction: the columns of the file, and three that are ignored when it is read.
 * The file has the separator of the rejected one and a byte order mark, so the same spreadsheet opens it.
 */
export function writeRejects<Column extends string>(
  file: NewFile,
  rejected: readonly RejectedLine<Column>[],
  { columns, separator }: { readonly columns: readonly Column[]; readonly separator: string },
): void {
  if (rejected.length === 0) return
  const rows = rejected.map(({ line, cells, description, text = '' }) => [
    ...columns.map((column) => cells[column]),
    String(line),
    description,
    text,
  ])
  file.write(BYTE_ORDER_MARK + csvText([[...columns, 'line', 'problem', 'text'], ...rows], separator))
}

/** Formats a count for Brazil: 100.000. */
export function count(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, '.')
}

function shortened(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}...` : text
}
