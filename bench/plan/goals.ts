import type { Goal, Scenario } from '../report/measurements.js'
import type { Plan } from './scenarios.js'

/** Milliseconds that the challenge allows for one purchase. */
const CHALLENGE_MS = 100
/** Callers that throughput is compared at. */
const CALLERS = 128

/** What we set out to reach, as far as it was measured. */
export function goals(plan: Plan, scenarios: readonly Scenario[]): readonly Goal[] {
  const measured = new Set(scenarios.map(({ id }) => id))
  const callers = plan.callers.includes(CALLERS) ? CALLERS : Math.max(...plan.callers)
  const fewest = Math.min(...plan.callers)
  const hot = Math.max(...plan.hotCallers)
  const many = `throughput-unary-${callers}`
  const all: readonly Goal[] = [
    {
      id: 'rivals',
      title: `decisions per second with ${callers} callers, over the best rival`,
      figure: 'perSecond',
      of: ours(many),
      over: bestRival(many),
      bound: { atLeast: 4 },
    },
    {
      id: 'hot-rivals',
      title: `decisions per second on one account with ${hot} callers, over the best rival`,
      figure: 'perSecond',
      of: ours(`hot-unary-${hot}`),
      over: bestRival(`hot-unary-${hot}`),
      bound: { atLeast: 10 },
    },
    {
      id: 'hot',
      title: `decisions per second on one account, over those on many, with ${hot} callers`,
      figure: 'perSecond',
      of: ours(`hot-unary-${hot}`),
      over: ours(`throughput-unary-${hot}`),
      bound: { atLeast: 1 },
    },
    {
      id: 'echo',
      title: `decisions per second with ${callers} callers, over the bare gRPC echo`,
      figure: 'perSecond',
      of: ours(many),
      over: { scenario: many, side: 'echo' },
      bound: { atLeast: 0.5 },
    },
    {
      id: 'alone',
      title: `p50 with ${fewest} caller, over one bare update behind the same front`,
      figure: 'p50',
      of: ours(`throughput-unary-${fewest}`),
      over: { scenario: `throughput-unary-${fewest}`, side: 'bare-update' },
      bound: { atMost: 1.3 },
    },
    {
      id: 'stream',
      title: `decisions per second on streams, over unary calls, with ${callers} in flight`,
      figure: 'perSecond',
      of: ours(`throughput-stream-${callers}`),
      over: ours(many),
      bound: { atLeast: 1.5 },
    },
    ...sizeGoals(plan),
    {
      id: 'challenge',
      title: `p99 with ${callers} callers, as the challenge asks for, in milliseconds`,
      figure: 'p99',
      of: ours(many),
      bound: { atMost: CHALLENGE_MS },
    },
    {
      id: 'overload',
      title: 'decisions per second at twice the capacity, over those at the capacity',
      figure: 'perSecond',
      of: ours('overload-unary-200'),
      over: ours('overload-unary-100'),
      bound: { atLeast: 0.8 },
    },
    {
      id: 'overload-latency',
      title: 'p99 of what is accepted at twice the capacity, in milliseconds',
      figure: 'p99',
      of: ours('overload-unary-200'),
      bound: { atMost: CHALLENGE_MS },
    },
    ...['credits', 'pages', 'rules', 'verify'].map((work): Goal => {
      const id = `beside-${work}`
      const title = `p99 beside ${scenarios.find((scenario) => scenario.id === id)?.title}, over that of purchases alone`
      const over = ours('beside-quiet')
      return { id, title, figure: 'p99', of: ours(id), over, bound: { atMost: 2 } }
    }),
  ]
  return all.filter(({ of, over }) => measured.has(of.scenario) && (!over || measured.has(over.scenario)))
}

function sizeGoals({ size, accounts }: Plan): readonly Goal[] {
  if (!size) return []
  const callers = Math.max(...size.callers)
  return [
    {
      id: 'size',
      title: `decisions per second with ${size.accounts.toLocaleString('en-US')} accounts, over those with ${accounts.toLocaleString('en-US')}`,
      figure: 'perSecond',
      of: ours(`size-${size.accounts}-${callers}`),
      over: ours(`size-${accounts}-${callers}`),
      bound: { atLeast: 0.85 },
    },
  ]
}

function bestRival(scenario: string) {
  return { scenario, side: 'BEST_RIVAL' } as const
}

function ours(scenario: string) {
  return { scenario, side: 'ours' }
}
