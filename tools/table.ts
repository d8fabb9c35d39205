import { terminalText } from '../src/observability/logging/terminal-text.js'

/** Writes rows as a table for a terminal: columns as wide as needed, numbers aligned right. */
export function table(header: readonly string[], content: readonly (readonly string[])[]): string {
  const rows = content.map((row) => row.map(terminalText))
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const isRight = header.map((_, column) => rows.every((row) => isNumber(row[column] ?? '')))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return isRight[column] ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** An empty cell counts as a number: a decline changes no balance. */
function isNumber(cell: string): boolean {
  return /^(-?\d+(\.\d+)?)?$/.test(cell)
}
