import { besideSection } from './beside-section.js'
import { booksSection } from './books-section.js'
import { costSection } from './cost-section.js'
import { goalsSection } from './goals-section.js'
import { hotSection } from './hot-section.js'
import { latencySection } from './latency-section.js'
import type { Measurements, Side } from './measurements.js'
import { numberText } from './number-text.js'
import { overloadSection } from './overload-section.js'
import { type Chart, type Section, textTable } from './section.js'
import { sizeSection } from './size-section.js'
import { spreadOf } from './spread.js'
import { throughputSection } from './throughput-section.js'

const GIBIBYTE = 1024 ** 3

/** A page in Markdown, and the charts that it shows. */
export type Report = { readonly markdown: string; readonly charts: readonly Chart[] }

/** The report on what was measured: every number in it, and whether a goal is met, comes from the measurements. */
export function reportOn(measurements: Measurements): Report {
  const sections = [
    goalsSection(measurements),
    throughputSection(measurements),
    hotSection(measurements),
    latencySection(measurements),
    overloadSection(measurements),
    besideSection(measurements),
    sizeSection(measurements),
    costSection(measurements),
    booksSection(measurements),
    conditionsSection(measurements),
  ].filter((section) => section !== undefined)
  const parts = [
    ...opening(measurements),
    ...sections.flatMap(({ title, paragraphs }) => [`## ${title}`, ...paragraphs]),
  ]
  return { markdown: `${parts.join('\n\n')}\n`, charts: sections.flatMap(({ charts }) => charts) }
}

function opening(measurements: Measurements): readonly string[] {
  const { sides, runs } = measurements
  const rounds = new Set(runs.map(({ round }) => round)).size
  return [
    '# Benchmarks',
    '<!-- Written by the benchmark: what is changed by hand is lost. -->',
    `Everything here was measured by \`make bench\`, with load generator, service and MongoDB on one machine, behind gRPC on 127.0.0.1. Figures are medians of up to ${rounds} rounds, and in brackets those of the lowest and of the highest round.`,
    textTable(['side', 'kind', 'what it does'], sides.map(sideRow)),
  ]
}

function sideRow({ name, kind, what }: Side): readonly string[] {
  return [name, kind, what]
}

function conditionsSection({ takenAt, commit, dirty, machine, versions, runs }: Measurements): Section {
  const memory = `${numberText(machine.memoryBytes / GIBIBYTE)} GiB`
  const rows: readonly (readonly [string, string])[] = [
    ['taken', takenAt],
    ['commit', dirty ? `${commit}, with changes` : commit],
    ['processor', `${machine.cpu}, ${machine.cores} cores`],
    ['memory', memory],
    ['system', machine.system],
    ...versions,
    ...calmRows(runs),
  ]
  return { title: 'Conditions', paragraphs: [textTable(['what', 'value'], rows)], charts: [] }
}

function calmRows(runs: Measurements['runs']): readonly (readonly [string, string])[] {
  const busy = spreadOf(runs.flatMap(({ calm }) => (calm ? [calm.busyShare * 100] : [])))
  if (!busy) return []
  return [
    [
      'busy before a run',
      `${numberText(busy.median)} % of all cores in the middle, ${numberText(busy.max)} % at most`,
    ],
  ]
}
