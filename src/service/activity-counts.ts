import { reasons } from '../domain/reason.js'
import type { ActivityCounts } from '../grpc/activity/activity-service.js'
import type { Metrics } from '../observability/metrics/metrics.js'

/** Reads the counts of ActivityService from the metrics. */
export async function activityCounts(metrics: Pick<Metrics, 'activity'>): Promise<ActivityCounts> {
  const { decisions, authorizeCalls } = await metrics.activity()
  return {
    decisions: decisions.flatMap(({ kind, reason: name, count }) => {
      const reason = reasons.find((each) => each === name)
      return reason === undefined ? [] : [{ kind, reason, count }]
    }),
    latencies: authorizeCalls.map(({ atMostSeconds, count }) => ({
      atMostUs: Number.isFinite(atMostSeconds) ? BigInt(Math.round(atMostSeconds * 1_000_000)) : undefined,
      count,
    })),
  }
}
