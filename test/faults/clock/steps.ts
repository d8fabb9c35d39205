import type { Random } from '../../../tools/random.js'
import { until } from '../harness/until.js'
import type { ServiceClocks } from './service-clocks.js'

const HOUR_MS = 3_600_000
/** So long before midnight the clocks are set, in milliseconds: the load runs over it. */
const BEFORE_MIDNIGHT_MS = 1_000

/** Midnights of Sao Paulo: ends of months, of a year, of a leap day and the day before it, and of an ordinary day. */
const midnights = [
  '2027-02-01T03:00:00Z',
  '2027-03-01T03:00:00Z',
  '2027-05-01T03:00:00Z',
  '2028-01-01T03:00:00Z',
  '2028-02-29T03:00:00Z',
  '2028-03-01T03:00:00Z',
  '2028-03-15T03:00:00Z',
] as const

/** What is done to the wall clocks, under load. */
export const steps = {
  /** All of them an hour on. */
  FORWARD: async (clocks) => clocks.jump(HOUR_MS),
  /** All of them an hour back. */
  BACK: async (clocks) => clocks.jump(-HOUR_MS),
  /** That of one service, an hour either way. */
  APART: async (clocks, random) =>
    clocks.jumpOne(random.below(clocks.count), random.chance(0.5) ? HOUR_MS : -HOUR_MS),
  /** All of them run over the end of a day together. */
  MIDNIGHT: async (clocks, random) => {
    await overMidnight(clocks, random)
  },
  /** The same, and then all of them are set back an hour, into the day before. */
  MIDNIGHT_TWICE: async (clocks, random) => {
    await overMidnight(clocks, random)
    clocks.jump(-HOUR_MS)
  },
} as const satisfies Readonly<Record<string, (clocks: ServiceClocks, random: Random) => Promise<void>>>

export type StepKind = keyof typeof steps

async function overMidnight(clocks: ServiceClocks, random: Random): Promise<void> {
  const midnightMs = Date.parse(random.pick(midnights))
  clocks.set(midnightMs - BEFORE_MIDNIGHT_MS)
  await until('it is past midnight', () => clocks.nowMs > midnightMs)
}
