import type { Goal, Scenario } from './report/measurements.js'
import type { Plan } from './scenarios.js'

/** Milliseconds that the challenge allows, and those that we allow ourselves. */
const CHALLENGE_MS = 100
const OWN_MS = 10

/** What we set out to reach, as far as it was measured. */
export function goals(plan: Plan, scenarios: readonly Scenario[]): readonly Goal[] {
  const measured = new Set(scenarios.map(({ id }) => id))
  const most = Math.max(...plan.callers)
  const hot = Math.max(...plan.hotCallers)
  const all: readonly Goal[] = [
    {
      id: 'challenge',
      title: `p99 with ${most} callers, as the challenge asks for, in milliseconds`,
      figure: 'p99',
      of: ours(`throughput-unary-${most}`),
      bound: { atMost: CHALLENGE_MS },
    },
    {
      id: 'latency',
      title: 'p99 at half of the capacity, in milliseconds',
      figure: 'p99',
      of: ours('latency-unary-50'),
      bound: { atMost: OWN_MS },
    },
    {
      id: 'throughput',
      title: `decisions per second with ${most} callers, over one update for each wallet`,
      figure: 'perSecond',
      of: ours(`throughput-unary-${most}`),
      over: { scenario: `throughput-unary-${most}`, side: 'update-per-wallet' },
      bound: { atLeast: 4 },
    },
    {
      id: 'hot-latency',
      title: `p99 with ${hot} callers on one account, in milliseconds`,
      figure: 'p99',
      of: ours(`hot-unary-${hot}`),
      bound: { atMost: CHALLENGE_MS },
    },
    {
      id: 'hot-throughput',
      title: `decisions per second on one account, over those on many, with ${hot} callers`,
      figure: 'perSecond',
      of: ours(`hot-unary-${hot}`),
      over: ours(`throughput-unary-${hot}`),
      bound: { atLeast: 0.9 },
    },
    ...sizeGoals(plan),
  ]
  return all.filter(({ of, over }) => measured.has(of.scenario) && (!over || measured.has(over.scenario)))
}

function sizeGoals({ size, accounts }: Plan): readonly Goal[] {
  if (!size) return []
  const callers = Math.max(...size.callers)
  return [
    {
      id: 'size-throughput',
      title: `decisions per second with ${size.accounts.toLocaleString('en-US')} accounts, over those with ${accounts.toLocaleString('en-US')}`,
      figure: 'perSecond',
      of: ours(`size-${size.accounts}-${callers}`),
      over: ours(`size-${accounts}-${callers}`),
      bound: { atLeast: 0.9 },
    },
    {
      id: 'size-latency',
      title: `p99 at half of the capacity with ${size.accounts.toLocaleString('en-US')} accounts, in milliseconds`,
      figure: 'p99',
      of: ours(`size-${size.accounts}-open`),
      bound: { atMost: OWN_MS },
    },
  ]
}

function ours(scenario: string) {
  return { scenario, side: 'ours' }
}
