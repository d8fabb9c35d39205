import type { BestRival, Figure, Goal, Place, Scenario } from '../report/measurements.js'
import type { Plan } from './scenarios.js'

/** Milliseconds that the challenge allows for one purchase. */
const CHALLENGE_MS = 100
/** Callers that throughput is compared at. */
const CALLERS = 128
const RATE = 'decisions per second'

/** A goal of this service: about the figure under a scenario, or about that figure divided by another. */
type Row = readonly [
  id: string,
  title: string,
  figure: Figure,
  scenario: string,
  over: Place | BestRival | undefined,
  bound: Goal['bound'],
]

/** The goals, as far as they were measured. */
export function goals(plan: Plan, scenarios: readonly Scenario[]): readonly Goal[] {
  const measured = new Set(scenarios.map(({ id }) => id))
  return rowsOf(plan, scenarios)
    .map(([id, title, figure, scenario, over, bound]): Goal => {
      return { id, title, figure, of: ours(scenario), ...(over && { over }), bound }
    })
    .filter(({ of, over }) => measured.has(of.scenario) && (!over || measured.has(over.scenario)))
}

function rowsOf({ size, accounts, ...plan }: Plan, scenarios: readonly Scenario[]): readonly Row[] {
  const callers = plan.callers.includes(CALLERS) ? CALLERS : Math.max(...plan.callers)
  const fewest = Math.min(...plan.callers)
  const hottest = Math.max(...plan.hotCallers)
  const many = `throughput-unary-${callers}`
  const alone = `throughput-unary-${fewest}`
  const hot = `hot-unary-${hottest}`
  const double = 'overload-unary-200'
  const of = {
    rivals: `${RATE} with ${callers} callers, over the best rival`,
    hotRivals: `${RATE} on one account with ${hottest} callers, over the best rival`,
    hot: `${RATE} on one account, over those on many, with ${hottest} callers`,
    echo: `${RATE} with ${callers} callers, over the bare gRPC echo`,
    alone: `p50 with ${fewest} caller, over one bare update behind the same front`,
    stream: `${RATE} on streams, over unary calls, with ${callers} in flight`,
    challenge: `p99 with ${callers} callers, as the challenge asks for, in milliseconds`,
    overload: `${RATE} at twice the capacity, over those at the capacity`,
    overloadLatency: 'p99 of what is accepted at twice the capacity, in milliseconds',
    hold: 'holds per second, over purchases per second',
    capture: 'captures per second, over purchases per second',
    full: 'purchases per second on accounts with the most open holds, over those without',
    expiry: 'p99 of purchases while holds expire, over that of purchases alone',
  }
  const purchase = ours('rail-purchase')
  return [
    ['rivals', of.rivals, 'perSecond', many, bestRival(many), { atLeast: 4 }],
    ['hot-rivals', of.hotRivals, 'perSecond', hot, bestRival(hot), { atLeast: 10 }],
    ['hot', of.hot, 'perSecond', hot, ours(`throughput-unary-${hottest}`), { atLeast: 1 }],
    ['echo', of.echo, 'perSecond', many, { scenario: many, side: 'echo' }, { atLeast: 0.5 }],
    ['alone', of.alone, 'p50', alone, { scenario: alone, side: 'bare-update' }, { atMost: 1.3 }],
    ['stream', of.stream, 'perSecond', `throughput-stream-${callers}`, ours(many), { atLeast: 1.5 }],
    ...(size ? [sizeRow(size, accounts)] : []),
    ['challenge', of.challenge, 'p99', many, undefined, { atMost: CHALLENGE_MS }],
    ['overload', of.overload, 'perSecond', double, ours('overload-unary-100'), { atLeast: 0.8 }],
    ['overload-latency', of.overloadLatency, 'p99', double, undefined, { atMost: CHALLENGE_MS }],
    ...['credits', 'pages', 'rules', 'verify'].map((work): Row => {
      const id = `beside-${work}`
      const title = `p99 beside ${scenarios.find((scenario) => scenario.id === id)?.title}, over that of purchases alone`
      return [id, title, 'p99', id, ours('beside-quiet'), { atMost: 2 }]
    }),
    ['rail-hold', of.hold, 'perSecond', 'rail-hold', purchase, { atLeast: 1 }],
    ['rail-capture', of.capture, 'perSecond', 'rail-capture', purchase, { atLeast: 1 }],
    ['rail-full', of.full, 'perSecond', 'rail-full', purchase, { atLeast: 2 / 3 }],
    ['rail-expiry', of.expiry, 'p99', 'rail-expiry', ours('rail-quiet'), { atMost: 2 }],
  ]
}

function sizeRow(size: NonNullable<Plan['size']>, few: number): Row {
  const callers = Math.max(...size.callers)
  const [large, small] = [size.accounts, few].map((count) => count.toLocaleString('en-US'))
  const title = `${RATE} with ${large} accounts, over those with ${small}`
  const over = ours(`size-${few}-${callers}`)
  return ['size', title, 'perSecond', `size-${size.accounts}-${callers}`, over, { atLeast: 0.85 }]
}

function bestRival(scenario: string): BestRival {
  return { scenario, side: 'BEST_RIVAL' }
}

function ours(scenario: string): Place {
  return { scenario, side: 'ours' }
}
