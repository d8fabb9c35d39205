import type { AccountId } from '../../domain/account-status.js'
import type { Clock } from '../clock.js'
import { Admission } from './admission.js'
import { FairQueue } from './fair-queue.js'
import type { Lane } from './lane.js'
import type { PendingRequest } from './pending-request.js'

/** Most purchases in a group. Also the most back-office requests while there are no purchases. */
const GROUP_MAX = 128
/**
 * Places of the back office in a group while there are purchases. It has them in one group at a time, or in
 * both when any of its requests stood aside for the purchases of an earlier group.
 */
const BACK_OFFICE_PLACES = 8
/** Time without purchases after which the back office may fill whole groups, in milliseconds. */
const QUIET_MS = 10_000

export type LanesOptions = {
  /** Most requests waiting in each lane. */
  readonly queueMax: number
  /** See `AdmissionOptions.waitMsMax`. */
  readonly waitMsMax: number
  readonly clock: Clock
}

/** Requests that are decided together. No other group has their accounts meanwhile. */
export type Group = {
  /** In order of arrival. */
  readonly members: readonly PendingRequest[]
  /** Places that the back office had; 0 when none of its requests is a member. */
  readonly backOfficePlaces: number
}

/**
 * The requests that wait for a group, in two lanes.
 *
 * - Purchases come first. The back office has a few extra places in one of two groups, so it never starves
 *   and takes no place from a purchase. It may fill a whole group only when there have been no purchases for
 *   a while.
 * - In each lane the callers' subjects take turns. When there are too many requests, the subject with the
 *   most loses one.
 * - An account is in at most one group. Requests of one subject on one account keep their order within their
 *   lane.
 */
export class Lanes {
  readonly #options: LanesOptions
  readonly #busy = new Set<AccountId>()
  readonly #lanes: Readonly<Record<Lane, { readonly queue: FairQueue; readonly admission: Admission }>>
  #arrivals = 0
  #backOfficeGroups = 0
  /** When a group last contained a purchase, on the monotonic clock. */
  #lastPurchaseMs = Number.NEGATIVE_INFINITY

  constructor(options: LanesOptions) {
    this.#options = options
    const lane = () => ({
      queue: new FairQueue((accountId) => this.#busy.has(accountId)),
      admission: new Admission({ ...options, groupMax: GROUP_MAX }),
    })
    this.#lanes = { PURCHASE: lane(), BACK_OFFICE: lane() }
  }

  /** Number of requests in a lane, including those that pause before a retry. */
  size(lane: Lane): number {
    return this.#lanes[lane].queue.size
  }

  /**
   * Makes room for one more request of the subject, if it may wait. Passes an evicted request, which belongs
   * to another subject, to `onEvicted`.
   */
  admits(lane: Lane, subject: string, onEvicted: (request: PendingRequest) => void): boolean {
    const { queue, admission } = this.#lanes[lane]
    if (!admission.admits({ waiting: queue.ahead(subject) })) return false
    if (queue.size < this.#options.queueMax) return true
    const evicted = queue.evictFor(subject)
    if (evicted) onEvicted(evicted)
    return evicted !== undefined
  }

  push(request: PendingRequest): void {
    this.#arrives(request)
    this.#lanes[request.lane].queue.push(request)
  }

  /** Keeps the place of a request until `resume`. */
  pause(request: PendingRequest): void {
    this.#lanes[request.lane].queue.pause(request)
  }

  /** Ends the pause of a request, unless it was evicted meanwhile. */
  resume(request: PendingRequest): void {
    this.#arrives(request)
    this.#lanes[request.lane].queue.resume(request)
  }

  /** Takes the next group; empty when no request can be decided now. */
  takeGroup(): Group {
    const members: PendingRequest[] = []
    take(this.#lanes.PURCHASE.queue, GROUP_MAX, members)
    const purchases = members.length
    if (purchases > 0) this.#lastPurchaseMs = this.#options.clock.monotonicMs()
    const places = this.#backOfficePlaces()
    take(this.#lanes.BACK_OFFICE.queue, places, members)
    const hasBackOffice = members.length > purchases
    if (hasBackOffice) this.#backOfficeGroups += 1
    members.sort((a, b) => a.arrival - b.arrival)
    for (const { request } of members) this.#busy.add(request.accountId)
    return { members, backOfficePlaces: hasBackOffice ? places : 0 }
  }

  /** Records the end of a group, and releases its accounts. */
  ended({ members, backOfficePlaces }: Group): void {
    const { PURCHASE, BACK_OFFICE } = this.#lanes
    for (const { request } of members) {
      if (!this.#busy.delete(request.accountId)) continue
      PURCHASE.queue.release(request.accountId)
      BACK_OFFICE.queue.release(request.accountId)
    }
    PURCHASE.admission.ended({ waiting: PURCHASE.queue.waiting })
    if (backOfficePlaces === 0) return
    this.#backOfficeGroups -= 1
    BACK_OFFICE.admission.ended({ waiting: BACK_OFFICE.queue.waiting, places: backOfficePlaces })
  }

  /** Lists the requests that wait and do not pause. */
  *[Symbol.iterator](): Generator<PendingRequest> {
    yield* this.#lanes.PURCHASE.queue
    yield* this.#lanes.BACK_OFFICE.queue
  }

  #arrives(request: PendingRequest): void {
    this.#arrivals += 1
    request.arrival = this.#arrivals
  }

  #backOfficePlaces(): number {
    const { queue } = this.#lanes.BACK_OFFICE
    if (queue.waiting === 0) return 0
    if (this.#options.clock.monotonicMs() - this.#lastPurchaseMs >= QUIET_MS) return GROUP_MAX
    // Released requests get places in both groups. Otherwise purchases could keep their account busy whenever
    // the back office has places.
    return this.#backOfficeGroups > 0 && !queue.hasReleased() ? 0 : BACK_OFFICE_PLACES
  }
}

function take(queue: FairQueue, count: number, members: PendingRequest[]): void {
  for (let taken = 0; taken < count; taken++) {
    const request = queue.take()
    if (!request) return
    members.push(request)
  }
}
