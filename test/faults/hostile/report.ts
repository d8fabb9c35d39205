import { count } from '../harness/report.js'
import type { NeighbourFigures } from './bystander.js'
import type { PhaseFigures } from './campaign.js'

const MIB = 1024 * 1024
/** Ways in which cases ended that are told of one attack. */
const OUTCOMES_MAX = 6

/** What came of one attack, in two lines. */
export function phaseLines(figures: PhaseFigures, quiet: NeighbourFigures): string {
  const { phase, result, neighbour, peak } = figures
  const beside = neighbour
    ? `p99 beside it ${ms(neighbour.p99)} (${(neighbour.p99 / quiet.p99).toFixed(1)} times)`
    : 'nobody beside it'
  const outcomes = Object.entries(result.outcomes)
  const told = outcomes.slice(0, OUTCOMES_MAX).map(([outcome, number]) => `${outcome} ${count(number)}`)
  const more = outcomes.length > OUTCOMES_MAX ? `, ${outcomes.length - OUTCOMES_MAX} others` : ''
  return [
    `  ${phase.title.padEnd(52)} ${count(result.cases).padStart(10)} | ${beside} | ${Math.round(peak.memoryBytes / MIB)} MiB, ${peak.descriptors} files`,
    `  ${''.padEnd(52)} ${told.join(', ')}${more}`,
  ].join('\n')
}

export function quietLine({ p50, p99, max, purchases }: NeighbourFigures): string {
  return `quiet: p50 ${ms(p50)}, p99 ${ms(p99)}, slowest ${ms(max)} of ${count(purchases)} purchases`
}

function ms(durationMs: number): string {
  return `${durationMs.toFixed(1)} ms`
}
