import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { purchase, TestClient } from '../../support/clients/client.js'
import { useService } from '../../support/processes/service-fixture.js'

/** Longest time that a call of a population may take, in milliseconds: what is counted is answers, on however slow a machine. */
export const CALL_MS_MAX = 60_000
/** Purchases that the bystander has under way. */
const UNDER_WAY = 4
/** Pause between two purchases of the bystander, in milliseconds: it leaves the processors to the population. */
const PAUSE_MS = 50

/** A service with every default but its patience, for a population that does nothing wrong. */
export function usePopulation() {
  return useService({ DECISION_TIMEOUT_MS: String(CALL_MS_MAX), QUEUE_WAIT_MS: String(CALL_MS_MAX) })
}

/** Purchases on a connection of their own while `work` goes on. Each of them has to be answered. */
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

/** How calls ended, and how many did so: `OK` or the name of the error. */
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
