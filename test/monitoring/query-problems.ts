import type { ExportedSamples } from './exported-metrics.js'
import { type Matcher, partsOf, type Selector } from './promql.js'

/** Labels that Prometheus adds to every scraped series. */
const targetLabels = new Set(['job', 'instance', 'namespace', 'pod'])
/** Metrics that Prometheus itself creates for each target and each alert. */
const ownSamples: ExportedSamples = new Map([
  ['up', [{}]],
  ['ALERTS', [{ alertname: '', alertstate: 'firing', severity: '' }]],
])

/**
 * Lists everything that a query reads and a service does not export: names, labels and label values, one line
 * each. Prometheus itself accepts a query on a missing series, and returns nothing.
 */
export function queryProblems(query: string, exported: ExportedSamples): readonly string[] {
  const { selectors, grouping } = partsOf(query)
  const known = new Set(selectors.flatMap(({ name }) => [...labelsOf(name, exported)]))
  return [
    ...selectors.flatMap((selector) => selectorProblems(selector, exported)),
    ...grouping
      .filter((label) => !known.has(label) && !targetLabels.has(label))
      .map((label) => `nothing in it has the label ${label}`),
  ]
}

function selectorProblems({ name, matchers }: Selector, exported: ExportedSamples): readonly string[] {
  const samples = exported.get(name) ?? ownSamples.get(name)
  if (!samples) return [`there is no ${name}`]
  const own = matchers.filter(({ label }) => !targetLabels.has(label))
  const labels = labelsOf(name, exported)
  const unknown = own.filter(({ label }) => !labels.has(label))
  if (unknown.length > 0) return unknown.map(({ label }) => `${name} has no label ${label}`)
  const silent = own.flatMap((matcher) =>
    wordsOf(matcher)
      .filter((word) => !samples.some((sample) => word.test(sample[matcher.label] ?? '')))
      .map((word) => `${name} has no ${matcher.label} like ${word.source}`),
  )
  if (silent.length > 0) return silent
  const together = samples.some((sample) =>
    own.every((matcher) => matches(matcher, sample[matcher.label] ?? '')),
  )
  return together ? [] : [`no series of ${name} has all the labels that are asked for together`]
}

/** Splits the alternatives of a pattern: of `A|B` both must exist. */
function wordsOf({ operator, value }: Matcher): readonly RegExp[] {
  const alternatives = operator.endsWith('~') ? value.split('|') : [escaped(value)]
  return alternatives.map((alternative) => new RegExp(`^(?:${alternative})$`))
}

function matches(matcher: Matcher, value: string): boolean {
  const isOne = wordsOf(matcher).some((word) => word.test(value))
  return matcher.operator.startsWith('!') ? !isOne : isOne
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function labelsOf(name: string, exported: ExportedSamples): ReadonlySet<string> {
  const samples = exported.get(name) ?? ownSamples.get(name) ?? []
  return new Set(samples.flatMap((sample) => Object.keys(sample)))
}
