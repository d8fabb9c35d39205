import type { AnsweredEntry } from '../../domain/entry.js'
import type { Reason as DomainReason } from '../../domain/reason.js'
import { TransactionKind } from '../../gen/benefits/v1/account.js'
import type {
  ActivityServiceServer,
  GetActivityRequest,
  GetActivityResponse,
} from '../../gen/benefits/v1/activity.js'
import { Reason } from '../../gen/benefits/v1/authorization.js'
import { transactionMessage } from '../account/transaction-mapping.js'
import { type HandlerOptions, unaryHandler } from '../handlers.js'

/** The counters of the process since its start. */
export type ActivityCounts = {
  readonly decisions: readonly {
    readonly kind: AnsweredEntry['kind']
    readonly reason: DomainReason
    readonly count: number
  }[]
  /** Calls of Authorize that took at most so many microseconds, the shortest first. Absent: any time. */
  readonly latencies: readonly { readonly atMostUs: bigint | undefined; readonly count: number }[]
}

export type ActivityServiceOptions = {
  readonly version: string
  readonly limitsTimeZone: string
  readonly startTime: Date
  readonly serving: () => boolean
  readonly counts: () => Promise<ActivityCounts>
  /** The latest decisions, newest first. */
  readonly recent: () => readonly AnsweredEntry[]
  readonly handlers: HandlerOptions
}

/** Implements benefits.v1.ActivityService over the counters of the process. */
export function activityService(options: ActivityServiceOptions): ActivityServiceServer {
  const { version, limitsTimeZone, startTime, serving, counts, recent, handlers } = options
  const { admit: _, ...withoutBooks } = handlers
  return {
    getActivity: unaryHandler<GetActivityRequest, GetActivityResponse>(withoutBooks, async () => {
      const { decisions, latencies } = await counts()
      return {
        version,
        serving: serving(),
        limitsTimeZone,
        startTime,
        readTime: handlers.clock.now(),
        decisions: decisions.map(({ kind, reason, count }) => ({
          kind: TransactionKind[kind],
          reason: Reason[reason],
          count: BigInt(count),
        })),
        latencies: latencies.map(({ atMostUs, count }) => ({ atMostUs, count: BigInt(count) })),
        recent: recent().map(transactionMessage),
      }
    }),
  }
}
