import { type Chart, svgOf } from './chart.js'
import { type Table, tableText } from './markdown.js'
import type { Column } from './places.js'

/** A part of the report: a heading, and below it paragraphs, tables and charts. */
export type Section = { readonly title: string; readonly parts: readonly (string | Table | ChartPart)[] }

export type ChartPart = {
  /** Name of the file, without folder. */
  readonly file: string
  /** Text in the place of the picture. */
  readonly description: string
  readonly chart: Chart
}

export type ChartFile = { readonly file: string; readonly svg: string }

/** The table of these columns, with a line for each row. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Table {
  return {
    head: columns.map(([head]) => head),
    rows: rows.map((row) => columns.map(([, cell]) => cell(row))),
  }
}

/** The section in Markdown, as paragraphs. */
export function paragraphsOf({ title, parts }: Section): readonly string[] {
  return [`## ${title}`, ...parts.map(partText)]
}

/** The charts of a section as files. */
export function chartsOf({ parts }: Section): readonly ChartFile[] {
  return parts.flatMap((part) =>
    typeof part === 'object' && 'chart' in part ? [{ file: part.file, svg: svgOf(part.chart) }] : [],
  )
}

function partText(part: Section['parts'][number]): string {
  if (typeof part === 'string') return part
  if ('chart' in part) return `![${part.description}](benchmarks/${part.file})`
  return tableText(part)
}
