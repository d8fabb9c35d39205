import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

/** Space between two columns. */
const GAP = '  '
/** Width of a text column at which its words are broken. */
const WORD_WIDTH_MAX = 12
/** The same for a column of unbreakable words. */
const WHOLE_WORD_WIDTH_MAX = 36
/** The same when the table does not fit otherwise. */
const NARROWEST = 6
const NOTE_INDENT = '  '

export type TableColumn = {
  readonly title: string
  /** Numbers and dates are aligned right, and never broken. */
  readonly align?: 'left' | 'right'
  /** Where a cell may break into lines. WHOLE_WORDS breaks within a word only as a last resort. */
  readonly breaks: 'NEVER' | 'BETWEEN_WORDS' | 'WHOLE_WORDS' | 'ANYWHERE'
}

export type TableRow = {
  readonly cells: readonly string[]
  /** Shown below the row, across all columns. */
  readonly note?: string
}

/** Lays out rows as a table of at most `width` columns: long cells continue on the next line. */
export function table(columns: readonly TableColumn[], rows: readonly TableRow[], width: number): string {
  const titles = columns.map(({ title }) => title)
  const widths = columnWidths(columns, [titles, ...rows.map(({ cells }) => cells)], width)
  const rule = widths.map((size) => '-'.repeat(size))
  return [
    ...[titles, rule].flatMap((cells) => lines(columns, cells, widths)),
    ...rows.flatMap(({ cells, note = '' }) => [...lines(columns, cells, widths), ...noteLines(note, width)]),
  ].join('\n')
}

/** Whether a table of these rows fits `width` columns without breaks. */
export function fits(columns: readonly TableColumn[], rows: readonly TableRow[], width: number): boolean {
  const titles = columns.map(({ title }) => title)
  const widths = naturalWidths(columns, [titles, ...rows.map(({ cells }) => cells)])
  return widths.reduce((sum, size) => sum + size, GAP.length * (widths.length - 1)) <= width
}

/**
 * Computes the width of each column. The widest breakable columns shrink until all fit, as a last resort
 * within words.
 */
function columnWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const cellsOf = (index: number) => rows.map((row) => row[index] ?? '')
  const natural = naturalWidths(columns, rows)
  const words = columns.map((_, index) => longestWord(cellsOf(index), WORD_WIDTH_MAX))
  const wholeWords = columns.map(({ breaks }, index) =>
    breaks === 'WHOLE_WORDS' ? longestWord(cellsOf(index), WHOLE_WORD_WIDTH_MAX) : (words[index] ?? 0),
  )
  const floorOf = (index: number, least: number) =>
    columns[index]?.breaks === 'NEVER' ? (natural[index] ?? 0) : least
  const floors = [
    wholeWords.map((word, index) => floorOf(index, word)),
    words.map((word, index) => floorOf(index, word)),
    words.map((word, index) =>
      floorOf(index, columns[index]?.breaks === 'ANYWHERE' ? Math.min(word, NARROWEST) : word),
    ),
  ]
  const widths = [...natural]
  for (const floor of floors) narrow(widths, floor, width)
  return widths
}

/** Shrinks the widest column repeatedly, never below its minimum, until all fit or none can shrink. */
function narrow(widths: number[], floor: readonly number[], width: number): void {
  let total = widths.reduce((sum, size) => sum + size, GAP.length * (widths.length - 1))
  while (total > width) {
    const spare = widths.map((size, index) => (size > (floor[index] ?? 0) ? size : 0))
    const widest = spare.indexOf(Math.max(...spare))
    if (spare[widest] === 0) return
    widths[widest] = (widths[widest] ?? 0) - 1
    total -= 1
  }
}

function naturalWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly number[] {
  return columns.map((_, index) => Math.max(...rows.map((row) => widthOf(row[index] ?? ''))))
}

function longestWord(cells: readonly string[], max: number): number {
  const words = cells.flatMap((cell) => glued(cell).split(/[ \n]+/)).map((word) => stringWidth(word))
  return Math.min(max, Math.max(...words))
}

/** An amount is one word. */
function glued(text: string): string {
  return text.replaceAll(/R\$ (?=\d)/g, 'R$\u00a0')
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
  const text = widthOf(cell) <= size ? cell : wrapAnsi(glued(cell), size, { hard: true })
  return text.replaceAll('\u00a0', ' ').split('\n')
}

function padded(text: string, size: number, align: TableColumn['align']): string {
  const space = ' '.repeat(Math.max(0, size - stringWidth(text)))
  return align === 'right' ? space + text : text + space
}

function widthOf(cell: string): number {
  return Math.max(...cell.split('\n').map((line) => stringWidth(line)))
}
