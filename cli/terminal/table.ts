import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

/** Space between two columns. */
const GAP = '  '
/** A text column is not made narrower than this, whatever its words. */
const NARROWEST = 8

export type TableColumn = {
  readonly title: string
  /** Numbers and dates: to the right, and never broken. */
  readonly align?: 'left' | 'right'
  /** Whether a cell may be broken into several lines. */
  readonly breakable: boolean
}

/** Lays rows out as a table of at most `width` columns: cells that are too long go on in the next line. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const widths = columnWidths(columns, rows, width)
  const laidOut = [columns.map(({ title }) => title), widths.map((size) => '-'.repeat(size)), ...rows]
  return laidOut.flatMap((row) => lines(columns, row, widths)).join('\n')
}

/** The width that each column needs; the widest breakable ones give way until all fit. */
function columnWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ''))),
  )
  const total = () => widths.reduce((sum, size) => sum + size, GAP.length * (widths.length - 1))
  while (total() > width) {
    const breakable = widths.map((size, index) => (columns[index]?.breakable ? size : 0))
    const widest = Math.max(...breakable)
    if (widest <= NARROWEST) break
    widths[breakable.indexOf(widest)] = widest - 1
  }
  return widths
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
