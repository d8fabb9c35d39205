import { readFileSync } from 'node:fs'

/** A row of the table in .docs/metrics.md. */
export type DocumentedMetric = {
  readonly name: string
  readonly type: string
  /** The values of each label; undefined where any value may occur. */
  readonly labels: ReadonlyMap<string, readonly string[] | undefined>
  readonly onLinuxOnly: boolean
}

const page = readFileSync('.docs/metrics.md', 'utf8')

/** The metrics that the page documents for this service. */
export function readMetricsTable(): readonly DocumentedMetric[] {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| [^|]+ \| ([^|]*) \| ([^|]+) \|$/gm)]
  return rows.map(([, name = '', type = '', labels = '', meaning = '']) => ({
    name,
    type,
    labels: labelsOf(labels.trim()),
    onLinuxOnly: meaning.includes('(Linux)'),
  }))
}

function labelsOf(cell: string): DocumentedMetric['labels'] {
  if (cell === '') return new Map()
  return new Map(
    cell.split('<br>').map((part) => {
      const [, label = '', values = ''] = /^`(\w+)`: (.*)$/.exec(part) ?? []
      return [label, valuesOf(values)]
    }),
  )
}

function valuesOf(text: string): readonly string[] | undefined {
  const [, section] = /^\[\w+\]\(#(\w+)\)$/.exec(text) ?? []
  if (section !== undefined) return listIn(section)
  return /^any\b/.test(text) ? undefined : text.split(', ')
}

/** The listed words of a section. */
function listIn(section: string): readonly string[] {
  const [, list = ''] = new RegExp(`^## ${section}\\n\\n(.*?\\.)$`, 'ims').exec(page) ?? []
  return [...list.matchAll(/`([\w.]+)`/g)].map(([, word = '']) => word)
}
