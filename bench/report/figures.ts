import type { BestRival, Figure, Measurements, Place, Run } from './measurements.js'
import { type Spread, spreadOf } from './spread.js'

/** Runs of one side under one scenario, by round. */
export function runsAt(measurements: Measurements, { scenario, side }: Place): readonly Run[] {
  return measurements.runs.filter((run) => run.scenario === scenario && run.side === side)
}

/** A figure over all rounds; undefined when it was not measured. */
export function figureAt(measurements: Measurements, place: Place, figure: Figure): Spread | undefined {
  return spreadOf(runsAt(measurements, place).flatMap((run) => figureOf(run, figure) ?? []))
}

/**
 * A figure of one place divided by the same of another, over all rounds in which both were measured. Each round has its own quotient,
 * because what disturbs a machine for a while disturbs both.
 */
export function ratioOf(
  measurements: Measurements,
  { of, over, figure }: { readonly of: Place; readonly over: Place | BestRival; readonly figure: Figure },
): Spread | undefined {
  const divisors = new Map<number, number>()
  for (const run of contendersAt(measurements, over)) {
    const value = figureOf(run, figure)
    if (value !== undefined) divisors.set(run.round, Math.max(value, divisors.get(run.round) ?? 0))
  }
  const ratios = runsAt(measurements, of).flatMap((run) => {
    const value = figureOf(run, figure)
    const divisor = divisors.get(run.round)
    return value === undefined || !divisor ? [] : [value / divisor]
  })
  return spreadOf(ratios)
}

function contendersAt(measurements: Measurements, place: Place | BestRival): readonly Run[] {
  if (place.side !== 'BEST_RIVAL') return runsAt(measurements, place)
  const rivals = new Set(measurements.sides.filter(({ kind }) => kind === 'rival').map(({ id }) => id))
  return measurements.runs.filter((run) => run.scenario === place.scenario && rivals.has(run.side))
}

/** A figure of one run; undefined where it was not measured. */
export function figureOf({ result }: Run, figure: Figure): number | undefined {
  const { perSecond, latency } = result.measured
  if (figure === 'perSecond') return perSecond
  return latency.count === 0 ? undefined : latency[figure]
}

/** Processor time for one answer, in microseconds; undefined when nothing was answered. */
export function perAnswerUs(cpuMs: number, { sent, errors }: Run['result']['whole']): number | undefined {
  const answers = sent - errors.reduce((sum, { count }) => sum + count, 0)
  return answers > 0 ? (cpuMs * 1_000) / answers : undefined
}
