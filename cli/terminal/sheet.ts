import type { JsonObject, JsonValue } from '@bufbuild/protobuf'

/** The formats of a column. */
export type ColumnKind =
  | 'text'
  /** Centavos. */
  | 'money'
  | 'count'
  /** A time in the JSON mapping, such as `2026-11-23T19:14:17.202Z`. */
  | 'time'
  /** A value of an enumeration without its prefix, such as `INSUFFICIENT_BALANCE`. */
  | 'word'
  /** Text to copy or read aloud, such as an id: a table breaks it last. */
  | 'whole'
  /** Lines of text below the row of a table; not in CSV. */
  | 'note'

export type Column = {
  /** In CSV, such as `balance_after`. */
  readonly name: string
  /** In a table. Absent: the column is in CSV only. */
  readonly title?: string
  readonly kind?: ColumnKind
  /** The column is in tables only. */
  readonly tableOnly?: boolean
  /** In a table that is too wide for the terminal, the column moves below the row, before the note. */
  readonly givesWay?: boolean
}

/** Rows of raw values with their columns: a table and CSV format them differently. */
export type Sheet = { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] }

type ColumnOf<Row> = Column & { readonly value: (row: Row) => JsonValue | undefined }

export function sheetOf<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): Sheet {
  return { columns, rows: rows.map((row) => columns.map(({ value }) => textOf(value(row)))) }
}

/** Reads a message of an answer; empty when absent. */
export function objectIn(object: JsonObject, field: string): JsonObject {
  const value = object[field]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

/** A list of messages in an answer. */
export function objectsIn(object: JsonObject, field: string): readonly JsonObject[] {
  const value = object[field]
  const isObject = (item: unknown): item is JsonObject => typeof item === 'object' && item !== null
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** A scalar of an answer as text; empty when it is absent. */
export function textIn(object: JsonObject, field: string): string {
  return textOf(object[field])
}

/** The values of a list of texts in an answer. */
export function textsIn(object: JsonObject, field: string): readonly string[] {
  const value = object[field]
  return Array.isArray(value) ? value.map(textOf) : []
}

/** A value of an enumeration without its prefix; empty when it is unspecified. */
export function wordIn(object: JsonObject, field: string, prefix: string): string {
  return textIn(object, field)
    .replace(`${prefix}_`, '')
    .replace(/^UNSPECIFIED$/, '')
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
