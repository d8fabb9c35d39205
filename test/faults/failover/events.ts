import { setTimeout as delay } from 'node:timers/promises'
import { MongoServerError } from 'mongodb'
import type { ReplicaSet } from '../harness/replica-set.js'
import type { Member } from './member.js'

/** Time for which a primary is halted or parted from the others, in milliseconds. */
const AWAY_MS = 15_000
/** Time for which a primary that stepped down may not be elected again, in seconds. */
const STEPPED_DOWN_S = 10
/** The server's code for a primary whose followers are too far behind for it to step down. */
const EXCEEDED_TIME_LIMIT = 262

/** What befalls a primary, and with what it comes back. */
export const events = {
  /** It is killed as nothing can be caught, and started again when another has its place. */
  KILL: async (set, primary) => {
    await primary.mongod.kill()
    await set.untilPrimaryAmong(set.others(primary))
    await primary.start()
  },
  /** It gives up its place in order. */
  STEP_DOWN: async (set, primary) => {
    await stepDown(primary)
    await set.untilPrimaryAmong(set.others(primary))
  },
  /** It is halted, with all of its connections open, and goes on later as if nothing had been. */
  HALT: async (_, primary) => {
    primary.mongod.halt()
    await delay(AWAY_MS)
    primary.mongod.resume()
  },
  /** Nothing passes between it and everybody else; what was sent meanwhile comes late. */
  PARTITION: async (set, primary) => {
    set.part(new Set([primary.name]))
    await delay(AWAY_MS)
    set.join()
  },
  /** The same, but one of the services is on its side. */
  SPLIT: async (set, primary) => {
    set.part(new Set([primary.name, CALLER_ON_ITS_SIDE]))
    await delay(AWAY_MS)
    set.join()
  },
} as const satisfies Readonly<Record<string, (set: ReplicaSet, primary: Member) => Promise<void>>>

export type EventKind = keyof typeof events

/** Name of the caller that is parted from the others together with the primary. */
const CALLER_ON_ITS_SIDE = 'service 1'

async function stepDown(primary: Member): Promise<void> {
  for (;;) {
    try {
      await primary.command({ replSetStepDown: STEPPED_DOWN_S, secondaryCatchUpPeriodSecs: 5 })
      return
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === EXCEEDED_TIME_LIMIT)) throw error
    }
  }
}
