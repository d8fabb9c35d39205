/** A record of a CSV file, or why it is none. */
export type CsvRecord = {
  /** Number of the line that it begins on, from 1. */
  readonly line: number
  readonly fields: readonly string[]
  readonly fault?: string
}

/** A field in quotes, or one without; and what comes after it: a comma, the end of the line, or the end. */
const FIELD = /"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)/y
const END = /,|\r\n|\n|\r|$/y
const LINE_END = /\r\n|\n|\r/g

/** Reads CSV as RFC 4180 has it; lines may end in any of the usual ways. Empty lines are left out. */
export function* readCsv(text: string): Generator<CsvRecord> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const { fields, fault, end } = recordAt(text, at)
    const isEmptyLine = /^(\r\n|\n|\r)$/.test(text.slice(at, end))
    if (!isEmptyLine) yield { line, fields, ...(fault !== undefined && { fault }) }
    line += text.slice(at, end).match(LINE_END)?.length ?? 0
    at = end
  }
}

/** Writes a record, with its line's end. Quotes only what needs them. */
export function writeCsv(fields: readonly string[]): string {
  const written = fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
  // A lone empty field would be an empty line.
  return `${written.length === 1 && written[0] === '' ? '""' : written.join(',')}\n`
}

function recordAt(text: string, start: number): Omit<CsvRecord, 'line'> & { readonly end: number } {
  const fields: string[] = []
  let at = start
  for (;;) {
    FIELD.lastIndex = at
    // What is not in quotes may be empty, so this always finds something.
    const [whole = '', quoted, plain = ''] = FIELD.exec(text) ?? []
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    at += whole.length
    END.lastIndex = at
    const separator = END.exec(text)?.[0]
    if (separator === undefined) {
      const fault = 'a quote inside a field without quotes, or after the end of one with quotes'
      return { fields, fault, end: nextLine(text, at) }
    }
    at += separator.length
    if (separator !== ',') return { fields, end: at }
  }
}

function nextLine(text: string, at: number): number {
  LINE_END.lastIndex = at
  return LINE_END.test(text) ? LINE_END.lastIndex : text.length
}
