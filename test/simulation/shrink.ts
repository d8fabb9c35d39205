import type { Subject } from '../support/engine-sources.js'
import { simulateOne } from './histories.js'
import type { Mistake } from './mistake.js'
import type { Plan } from './plan.js'
import type { Settings } from './settings.js'

/** Most histories simulated to make one shorter. */
const TRIES_MAX = 600

type Rates = Omit<
  Settings,
  'processes' | 'queueMax' | 'waitMsMax' | 'gatherMsMax' | 'latencyUs' | 'replicationUs'
>

const rates: readonly (keyof Rates)[] = [
  'slow',
  'unreached',
  'lost',
  'late',
  'cut',
  'rejected',
  'unsure',
  'torn',
]

/** Shrinks a plan as far as it still leads to a violation, even to a different one. */
export async function shrink(
  plan: Plan,
  options: { readonly subject: Subject; readonly mistake?: Mistake | undefined },
): Promise<Plan> {
  let smallest = plan
  let tries = 0
  let isSmaller = true
  while (isSmaller) {
    isSmaller = false
    for (const smaller of smallerThan(smallest)) {
      tries += 1
      if (tries > TRIES_MAX) return smallest
      if ((await simulateOne(smaller, options)).violation === undefined) continue
      smallest = smaller
      isSmaller = true
      break
    }
  }
  return smallest
}

/** The plan without some parts: first half of the deeds, then one deed, one sweep or one disturbance. */
function* smallerThan(plan: Plan): Generator<Plan> {
  const { deeds, sweeps, disturbances, settings } = plan
  const half = Math.ceil(deeds.length / 2)
  if (deeds.length > 2) {
    yield { ...plan, deeds: deeds.slice(0, half) }
    yield { ...plan, deeds: deeds.slice(half) }
  }
  for (let at = deeds.length - 1; at >= 0; at--) yield { ...plan, deeds: without(deeds, at) }
  for (let at = sweeps.length - 1; at >= 0; at--) yield { ...plan, sweeps: without(sweeps, at) }
  for (let at = disturbances.length - 1; at >= 0; at--)
    yield { ...plan, disturbances: without(disturbances, at) }
  for (const rate of rates) if (settings[rate] > 0) yield { ...plan, settings: { ...settings, [rate]: 0 } }
}

function without<T>(all: readonly T[], index: number): readonly T[] {
  return all.filter((_, at) => at !== index)
}
