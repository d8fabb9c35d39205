import { runsAt } from './figures.js'
import type { Measurements, Scenario, Side } from './measurements.js'
import { type Look, lookOf } from './series.js'

/** A side in one mode: one line of a chart, one row of a table. */
export type Contender = {
  readonly side: Side
  readonly mode: Scenario['mode']
  readonly name: string
  readonly look: Look
}

/** Those that were measured under at least one of these scenarios, in the order of the sides. */
export function contendersIn(
  measurements: Measurements,
  scenarios: readonly Scenario[],
): readonly Contender[] {
  const modes = [...new Set(scenarios.map(({ mode }) => mode))]
  return modes.flatMap((mode) =>
    measurements.sides
      .filter((side) =>
        scenarios.some(
          (scenario) =>
            scenario.mode === mode &&
            runsAt(measurements, { scenario: scenario.id, side: side.id }).length > 0,
        ),
      )
      .map((side) => contender(measurements, side, mode)),
  )
}

function contender({ sides }: Measurements, side: Side, mode: Scenario['mode']): Contender {
  const look = lookOf(side, sides)
  if (mode === 'unary') return { side, mode, name: side.name, look }
  return { side, mode, name: `${side.name}, stream`, look: { ...look, dash: '6 3' } }
}
