import {
  goalsSection,
  hotSection,
  latencySection,
  overloadSection,
  throughputSection,
} from './charted-sections.js'
import { tableText } from './markdown.js'
import type { Measurements } from './measurements.js'
import { railSection } from './rail-section.js'
import { type ChartFile, chartsOf, paragraphsOf } from './section.js'
import { besideSection, booksSection, conditionsSection, costSection, sizeSection } from './table-sections.js'

/** A page in Markdown, and the charts that it shows. */
export type Report = { readonly markdown: string; readonly charts: readonly ChartFile[] }

/** The sections in their order; one that has nothing to show is left out. */
const sectionMakers = [
  goalsSection,
  throughputSection,
  hotSection,
  latencySection,
  overloadSection,
  besideSection,
  railSection,
  sizeSection,
  costSection,
  booksSection,
  conditionsSection,
]

/** The report on measurements: every number in it, and whether a goal is met, comes from them. */
export function reportOn(measurements: Measurements): Report {
  const sections = sectionMakers.map((make) => make(measurements)).filter((section) => section !== undefined)
  const paragraphs = [...opening(measurements), ...sections.flatMap(paragraphsOf)]
  return { markdown: `${paragraphs.join('\n\n')}\n`, charts: sections.flatMap(chartsOf) }
}

function opening({ sides, runs }: Measurements): readonly string[] {
  const rounds = new Set(runs.map(({ round }) => round)).size
  const rows = sides.map(({ name, kind, what }) => [name, kind, what])
  return [
    '# Benchmarks',
    '<!-- Written by the benchmark: what is changed by hand is lost. -->',
    `Everything here was measured by \`make bench\`, with load generator, service and MongoDB on one machine, behind gRPC on 127.0.0.1. Figures are medians of up to ${rounds} rounds, and in brackets those of the lowest and of the highest round.`,
    tableText({ head: ['side', 'kind', 'what it does'], rows, isText: true }),
  ]
}
