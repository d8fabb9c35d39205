import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

/** Space between two columns. */
const GAP = '  '
/** A text column is as wide as its longest word, or as this: longer words are broken. */
const WORD_WIDTH_MAX = 12
const NOTE_INDENT = '  '

export type TableColumn = {
  readonly title: string
  /** Numbers and dates: to the right, and never broken. */
  readonly align?: 'left' | 'right'
  /** Whether a cell may be broken into several lines. */
  readonly breakable: boolean
}

export type TableRow = {
  readonly cells: readonly string[]
  /** Stands below the row, across all columns. */
  readonly note?: string
}

/** Lays rows out as a table of at most `width` columns: cells that are too long go on in the next line. */
export function table(columns: readonly TableColumn[], rows: readonly TableRow[], width: number): string {
  const titles = columns.map(({ title }) => title)
  const widths = columnWidths(columns, [titles, ...rows.map(({ cells }) => cells)], width)
  const rule = widths.map((size) => '-'.repeat(size))
  return [
    ...[titles, rule].flatMap((cells) => lines(columns, cells, widths)),
    ...rows.flatMap(({ cells, note = '' }) => [...lines(columns, cells, widths), ...noteLines(note, width)]),
  ].join('\n')
}

/** The width that each column needs; the widest breakable ones give way until all fit. */
function columnWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const cellsOf = (index: number) => rows.map((row) => row[index] ?? '')
  const widths = columns.map((_, index) => Math.max(...cellsOf(index).map(widthOf)))
  const spare = columns.map(({ breakable }, index) =>
    breakable ? Math.max(0, (widths[index] ?? 0) - narrowest(cellsOf(index))) : 0,
  )
  const total = () => widths.reduce((sum, size) => sum + size, GAP.length * (widths.length - 1))
  while (total() > width && spare.some((left) => left > 0)) {
    const sizes = widths.map((size, index) => (spare[index] ? size : 0))
    const widest = sizes.indexOf(Math.max(...sizes))
    widths[widest] = (widths[widest] ?? 0) - 1
    spare[widest] = (spare[widest] ?? 0) - 1
  }
  return widths
}

function narrowest(cells: readonly string[]): number {
  const words = cells.flatMap((cell) => cell.split(/\s+/)).map((word) => stringWidth(word))
  return Math.min(WORD_WIDTH_MAX, Math.max(...words))
}

function noteLines(note: string, width: number): readonly string[] {
  if (note === '') return []
  return wrapped(note, width - NOTE_INDENT.length).map((line) => NOTE_INDENT + line)
}

function lines(
  columns: readonly TableColumn[],
  row: readonly string[],
  widths: readonly number[],
): readonly string[] {
  const cells = widths.map((size, index) => wrapped(row[index] ?? '', size))
  const height = Math.max(...cells.map((cell) => cell.length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, index) => padded(cell[line] ?? '', widths[index] ?? 0, columns[index]?.align))
      .join(GAP)
      .trimEnd(),
  )
}

function wrapped(cell: string, size: number): readonly string[] {
  return (widthOf(cell) <= size ? cell : wrapAnsi(cell, size, { hard: true })).split('\n')
}

function padded(text: string, size: number, align: TableColumn['align']): string {
  const space = ' '.repeat(Math.max(0, size - stringWidth(text)))
  return align === 'right' ? space + text : text + space
}

function widthOf(cell: string): number {
  return Math.max(...cell.split('\n').map((line) => stringWidth(line)))
}
