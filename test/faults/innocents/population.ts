import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { purchase, TestClient } from '../../support/clients/client.js'
import { useService } from '../../support/processes/service-fixture.js'

/**
 * Longest time for a call of a population, in milliseconds. The test counts answers, on a machine of any
 * speed.
 */
export const CALL_MS_MAX = 60_000
/** Purchases that the bystander has in flight. */
const UNDER_WAY = 4
/** Pause between two purchases of the bystander, in milliseconds: it leaves the processors to the population. */
const PAUSE_MS = 50

/** A service with default settings except its timeouts, for a population that does nothing wrong. */
export function usePopulation() {
  return useService({ DECISION_TIMEOUT_MS: String(CALL_MS_MAX), QUEUE_WAIT_MS: String(CALL_MS_MAX) })
}

/** Sends purchases on a separate connection during `work`. Each of them must be answered. */
export async function besidePurchases<T>(address: string, work: () => Promise<T>): Promise<T> {
  const client = new TestClient(address)
  let isOver = false
  let answered = 0
  const failures: string[] = []
  const buy = async () => {
    do {
      const { error } = await client.authorize(purchase({}), { deadlineMs: CALL_MS_MAX })
      if (error) failures.push(`${error.code}: ${error.message}`)
      else answered += 1
      await delay(PAUSE_MS)
    } while (!isOver)
  }
  const buying = Array.from({ length: UNDER_WAY }, buy)
  try {
    return await work()
  } finally {
    isOver = true
    await Promise.all(buying)
    client.close()
    expect({ failures, answered: answered > 0 }).to.deep.equal({ failures: [], answered: true })
  }
}

/** Counts the outcomes of calls: `OK` or the name of the error. */
export async function outcomesOf(
  calls: readonly ReturnType<TestClient['authorize']>[],
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const { error } of await Promise.all(calls)) {
    const outcome = error?.code ?? 'OK'
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
}
