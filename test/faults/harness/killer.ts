import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../tools/random.js'

/** Longest pause between what a killer has waited for and its next kill, in milliseconds. */
const PAUSE_MS_MAX = 3_000
/** Answers that must come between two kills of one kind, so that each kill meets a load. */
const ANSWERS = { min: 1, max: 200 }
const POLL_MS = 10
/** Longest time in which that many answers must come, in milliseconds. */
const ANSWERS_MS_MAX = 60_000

export type KillerOptions = {
  readonly kills: number
  readonly random: Random
  /** Number of answers so far. */
  readonly answers: () => number
  /** Kills something and brings it back. */
  readonly kill: () => Promise<void>
  readonly onKill: () => void
  readonly signal: AbortSignal
}

/**
 * Kills at random moments, each under load: some answers must have come since the last kill.
 *
 * @throws Error when the load stands still for a minute.
 */
export async function killAtRandom(options: KillerOptions): Promise<void> {
  const { kills, random, kill, onKill, signal } = options
  for (let done = 0; done < kills; done++) {
    await untilAnswered(options, random.between(ANSWERS))
    await delay(random.below(PAUSE_MS_MAX))
    if (signal.aborted) return
    onKill()
    await kill()
  }
}

/**
 * Waits for that many more answers.
 *
 * @throws Error when they do not come within a minute.
 */
export async function untilAnswered(
  { answers, signal }: Pick<KillerOptions, 'answers' | 'signal'>,
  count: number,
): Promise<void> {
  const wanted = answers() + count
  const endsAtMs = performance.now() + ANSWERS_MS_MAX
  while (answers() < wanted && !signal.aborted) {
    if (performance.now() > endsAtMs) throw new Error(`fewer than ${count} answers in ${ANSWERS_MS_MAX} ms`)
    await delay(POLL_MS)
  }
}
