/** Beginnings that a spreadsheet takes for a formula, also after apostrophes that stand before one already. */
const FORMULA = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/

/** Writes a cell so that no spreadsheet runs it: an apostrophe keeps a formula text. */
export function safeCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** Reads what {@link safeCell} wrote, unchanged. */
export function originalCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
}
