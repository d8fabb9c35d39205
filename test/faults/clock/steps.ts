import type { Random } from '../../../tools/random.js'
import { eventually } from '../../support/eventually.js'
import type { WallClock } from '../../support/processes/wall-clock.js'

const HOUR_MS = 3_600_000
/** Distance to midnight at which the clocks are set, in milliseconds, so that the load crosses it. */
const BEFORE_MIDNIGHT_MS = 1_000

/**
 * Midnights of Sao Paulo: ends of months, of a year, of a leap day and the day before it, of an ordinary day.
 */
const midnights = [
  '2027-02-01T03:00:00Z',
  '2027-03-01T03:00:00Z',
  '2027-05-01T03:00:00Z',
  '2028-01-01T03:00:00Z',
  '2028-02-29T03:00:00Z',
  '2028-03-01T03:00:00Z',
  '2028-03-15T03:00:00Z',
] as const

/** The clocks of the services. */
export type Clocks = readonly [WallClock, WallClock]

type Step = { readonly title: string; readonly step: (clocks: Clocks, random: Random) => Promise<void> }

/** The steps of the wall clocks, each under load. */
export const steps = {
  FORWARD: { title: 'all clocks an hour on', step: async (clocks) => jump(clocks, HOUR_MS) },
  BACK: { title: 'all clocks an hour back', step: async (clocks) => jump(clocks, -HOUR_MS) },
  APART: {
    title: 'the clock of one process, an hour either way',
    step: async (clocks, random) => random.pick(clocks).jump(random.chance(0.5) ? HOUR_MS : -HOUR_MS),
  },
  MIDNIGHT: { title: 'all clocks over the end of a day or month', step: overMidnight },
  MIDNIGHT_TWICE: {
    title: 'the same, and back into the day before',
    step: async (clocks, random) => {
      await overMidnight(clocks, random)
      jump(clocks, -HOUR_MS)
    },
  },
} as const satisfies Readonly<Record<string, Step>>

export type StepKind = keyof typeof steps

export const kinds = Object.keys(steps) as readonly StepKind[]

function jump(clocks: Clocks, ms: number): void {
  for (const clock of clocks) clock.jump(ms)
}

async function overMidnight(clocks: Clocks, random: Random): Promise<void> {
  const midnightMs = Date.parse(random.pick(midnights))
  for (const clock of clocks) clock.set(midnightMs - BEFORE_MIDNIGHT_MS)
  await eventually('it is past midnight', () => clocks[0].nowMs() > midnightMs)
}
