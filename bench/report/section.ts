/** A part of the report: a heading, and what stands below it. */
export type Section = {
  readonly title: string
  /** Markdown, in paragraphs. */
  readonly paragraphs: readonly string[]
  readonly charts: readonly Chart[]
}

export type Chart = {
  /** Name of the file, without folder. */
  readonly file: string
  readonly svg: string
}

/** A table in Markdown; the first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return lines([head, rule, ...rows])
}

/** A table in Markdown, of nothing but text. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return lines([head, head.map(() => '---'), ...rows])
}

function lines(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')
}

/** Shows a chart in Markdown. */
export function image(file: string, description: string): string {
  return `![${description}](benchmarks/${file})`
}

function cell(content: string): string {
  return content.replaceAll('|', '\\|')
}
