import { HOLDS_MAX } from '../../src/domain/open-hold.js'
import type { AccountRange, RequestKind } from '../load/job.js'
import { accountRange, type Plan } from '../plan/scenarios.js'
import type { Scenario } from '../report/measurements.js'

export type RailPlan = NonNullable<Plan['rail']>

/** A closed loop of one kind of request. */
export type RailLoad = {
  readonly id: string
  readonly title: string
  readonly kind: RequestKind
  /** Prefix of its accounts. */
  readonly prefix: string
}

const { prefix: plain } = accountRange(0)
/** Prefix of the accounts that have all the open holds that an account may have. */
export const FULL = 'full-'
/** Prefix of the accounts that holds and their captures are for. */
export const HELD = 'held-'
/** Prefix of the accounts whose holds fall due. */
const DUE = 'due-'

const hold: RailLoad = { id: 'rail-hold', title: 'hold', kind: 'HOLD', prefix: HELD }
const capture: RailLoad = { id: 'rail-capture', title: 'capture', kind: 'CAPTURE', prefix: HELD }

/** The closed loops. What stands together stays together, in this order: a capture needs the hold before it. */
export const railLoads: readonly (readonly RailLoad[])[] = [
  [{ id: 'rail-purchase', title: 'purchase', kind: 'PURCHASE', prefix: plain }],
  [hold, capture],
  [{ id: 'rail-full', title: `purchase, ${HOLDS_MAX} open holds`, kind: 'PURCHASE', prefix: FULL }],
]

/** The scenario of a closed loop. */
export function closedRailScenario({ id, title }: RailLoad, { callers, accounts }: RailPlan): Scenario {
  return { id, title, group: 'rail', mode: 'unary', load: { type: 'closed', callers }, accounts }
}

/** Purchases alone. */
export function quietRailScenario(rail: RailPlan): Scenario {
  return openScenario(rail, { id: 'rail-quiet', title: 'nothing else' })
}

/** Purchases while holds expire. */
export function expiryScenario(rail: RailPlan): Scenario {
  const holds = rail.expiring.toLocaleString('en-US')
  return openScenario(rail, {
    id: 'rail-expiry',
    title: `${holds} holds due within ${rail.fallDueMs / 1_000} s`,
  })
}

/** Every scenario, in the order of the report. */
export function railScenarios(rail: RailPlan): readonly Scenario[] {
  const closed = railLoads.flat().map((load) => closedRailScenario(load, rail))
  return [...closed, quietRailScenario(rail), expiryScenario(rail)]
}

/** The accounts whose holds fall due. */
export function dueRange({ expiring }: RailPlan): AccountRange {
  return { prefix: DUE, count: expiring }
}

function openScenario(
  { ratePerSecond, accounts }: RailPlan,
  { id, title }: Pick<Scenario, 'id' | 'title'>,
): Scenario {
  return { id, title, group: 'rail', mode: 'unary', load: { type: 'open', ratePerSecond }, accounts }
}
