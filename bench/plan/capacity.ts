import type { Run, Scenario } from '../report/measurements.js'
import { spreadOf } from '../report/spread.js'

/** Answers a second that a side can give over many accounts: of its numbers of callers the best, each by the middle of its rounds. */
export function capacityOf(
  { scenarios, runs }: { readonly scenarios: readonly Scenario[]; readonly runs: readonly Run[] },
  { side, mode }: { readonly side: string; readonly mode: Scenario['mode'] },
): number {
  const ofMode = scenarios.filter((scenario) => scenario.group === 'throughput' && scenario.mode === mode)
  const rates = ofMode.flatMap(({ id }) => {
    const ofSide = runs.filter((run) => run.side === side && run.scenario === id)
    return spreadOf(ofSide.map(({ result }) => result.measured.perSecond))?.median ?? []
  })
  return Math.max(0, ...rates)
}
