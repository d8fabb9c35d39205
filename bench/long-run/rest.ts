import { setTimeout as delay } from 'node:timers/promises'
import { lookAt, type Watched } from './look.js'
import { sumOf } from './metrics-page.js'
import type { Rest } from './record.js'

/** Longest time until everything is in the ledger and connections are closed, in milliseconds. */
const REST_MS_MAX = 60_000
const POLL_MS = 250

/** The service without load: as it is, or as soon as it is as `before`; after a minute however it is. */
export async function restOf(watched: Watched, before?: Rest): Promise<Rest> {
  const endsAtMs = performance.now() + REST_MS_MAX
  for (;;) {
    const rest = await restNow(watched)
    const isAtRest = rest.unposted === 0 && rest.descriptors <= (before?.descriptors ?? rest.descriptors)
    if (isAtRest || performance.now() > endsAtMs) return rest
    await delay(POLL_MS)
  }
}

/** What is wrong with a service that is at rest again, one sentence each. */
export function notAtRest(before: Rest, after: Rest): readonly string[] {
  const wrong: string[] = []
  const more = after.descriptors - before.descriptors
  if (after.unposted > 0)
    wrong.push(`${after.unposted} entries are unposted ${REST_MS_MAX} ms after the load`)
  if (more > 0) wrong.push(`${more} descriptors more are open after the load than before it`)
  return wrong
}

async function restNow(watched: Watched): Promise<Rest> {
  const { service, page } = await lookAt(watched)
  return {
    descriptors: (service.descriptors?.open ?? 0) - sumOf(page, 'mongodb_pool_connections'),
    unposted: sumOf(page, 'benefits_unposted_entries'),
  }
}
