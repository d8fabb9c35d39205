import type { Run, Scenario } from '../report/measurements.js'

/** Answers a second that a side can give over many accounts: of its numbers of callers the best, each by the middle of its rounds. */
export function capacityOf(
  { scenarios, runs }: { readonly scenarios: readonly Scenario[]; readonly runs: readonly Run[] },
  { side, mode }: { readonly side: string; readonly mode: Scenario['mode'] },
): number {
  const ofMode = scenarios.filter((scenario) => scenario.group === 'throughput' && scenario.mode === mode)
  const rates = ofMode.map(({ id }) =>
    median(
      runs
        .filter((run) => run.side === side && run.scenario === id)
        .map(({ result }) => result.measured.perSecond),
    ),
  )
  return Math.max(0, ...rates)
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] =
    sorted.length % 2 === 0 ? sorted.slice(middle - 1) : [sorted[middle], sorted[middle]]
  return (low + high) / 2
}
