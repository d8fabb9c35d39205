import { setTimeout as delay } from 'node:timers/promises'
import { MongoServerError } from 'mongodb'
import type { Member, ReplicaSet } from '../harness/replica-set.js'

/** Time for which a primary is halted or separated, in milliseconds. */
const AWAY_MS = 15_000
/** Time for which a primary that stepped down cannot be elected again, in seconds. */
const STEPPED_DOWN_S = 10
/** The server's code when the followers are too far behind for the primary to step down. */
const EXCEEDED_TIME_LIMIT = 262
/** Name of the service that is separated together with the primary. */
const SERVICE_ON_ITS_SIDE = 'service 1'

type Strike = {
  readonly title: string
  readonly strike: (set: ReplicaSet, primary: Member) => Promise<void>
}

/** The failures of a primary. Each lasts until its cause is over. */
export const strikes = {
  KILL: {
    title: 'primary killed (SIGKILL)',
    strike: async (set, primary) => {
      await primary.mongod.kill()
      await set.untilPrimaryAmong(set.others(primary))
      await primary.mongod.start()
    },
  },
  STEP_DOWN: {
    title: 'primary stepped down',
    strike: async (set, primary) => {
      await stepDown(primary)
      await set.untilPrimaryAmong(set.others(primary))
    },
  },
  /** The primary keeps its connections, and later continues as if nothing had happened. */
  HALT: {
    title: 'primary halted for 15 s (SIGSTOP)',
    strike: async (_, primary) => {
      primary.mongod.halt()
      await delay(AWAY_MS)
      primary.mongod.resume()
    },
  },
  PARTITION: {
    title: 'primary alone for 15 s (partition)',
    strike: (set, primary) => part(set, new Set([primary.name])),
  },
  SPLIT: {
    title: 'primary and a service alone for 15 s',
    strike: (set, primary) => part(set, new Set([primary.name, SERVICE_ON_ITS_SIDE])),
  },
} as const satisfies Readonly<Record<string, Strike>>

export type StrikeKind = keyof typeof strikes

export const kinds = Object.keys(strikes) as readonly StrikeKind[]

/** Loses every packet between this side and all other peers for a while; then all packets arrive late. */
async function part(set: ReplicaSet, side: ReadonlySet<string>): Promise<void> {
  for (const { name, gate } of set.members)
    gate?.openFor((peer) => peer !== undefined && side.has(peer) === side.has(name))
  await delay(AWAY_MS)
  for (const { gate } of set.members) gate?.openFor(() => true)
}

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
