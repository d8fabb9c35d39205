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
/**
 * Longest rest of the back office between its groups while there are purchases, in milliseconds. It rests for
 * as long as its last group took, so it uses half of the time: back to back, its groups took the processor
 * and the disk from the purchases.
 */
const REST_MS_MAX = 100

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
  /** When the group was taken, on the monotonic clock. */
  readonly takenMs: number
}

/**
 * The requests that wait for a group, in two lanes.
 *
 * - Purchases come first. The back office has a few extra places in one of two groups, so it never starves
 *   and takes no place from a purchase. It rests between its groups. It may fill whole groups without a rest
 *   only when there have been no purchases for a while.
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
  /** Rests of the back office that have not ended. */
  #rests = 0

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
    const takenMs = this.#options.clock.monotonicMs()
    if (purchases > 0) this.#lastPurchaseMs = takenMs
    const places = this.#backOfficePlaces()
    take(this.#lanes.BACK_OFFICE.queue, places, members)
    const hasBackOffice = members.length > purchases
    if (hasBackOffice) this.#backOfficeGroups += 1
    members.sort((a, b) => a.arrival - b.arrival)
    for (const { request } of members) this.#busy.add(request.accountId)
    return { members, backOfficePlaces: hasBackOffice ? places : 0, takenMs }
  }

  /**
   * Records the end of a group, and releases its accounts. Returns how long the back office rests now, in
   * milliseconds, until `rested`; 0 when it does not.
   */
  ended({ members, backOfficePlaces, takenMs }: Group): number {
    const { PURCHASE, BACK_OFFICE } = this.#lanes
    for (const { request } of members) {
      if (!this.#busy.delete(request.accountId)) continue
      PURCHASE.queue.release(request.accountId)
      BACK_OFFICE.queue.release(request.accountId)
    }
    PURCHASE.admission.ended({ waiting: PURCHASE.queue.waiting })
    if (backOfficePlaces === 0) return 0
    this.#backOfficeGroups -= 1
    BACK_OFFICE.admission.ended({ waiting: BACK_OFFICE.queue.waiting, places: backOfficePlaces })
    if (this.#isQuiet()) return 0
    const restMs = Math.min(this.#options.clock.monotonicMs() - takenMs, REST_MS_MAX)
    if (restMs > 0) this.#rests += 1
    return restMs
  }

  /** Ends a rest of the back office. */
  rested(): void {
    this.#rests -= 1
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
    if (this.#isQuiet()) return GROUP_MAX
    // Released requests get places in both groups, without a rest. Otherwise purchases could keep their
    // account busy whenever the back office has places.
    if (queue.hasReleased()) return BACK_OFFICE_PLACES
    return this.#backOfficeGroups > 0 || this.#rests > 0 ? 0 : BACK_OFFICE_PLACES
  }

  /** Whether there have been no purchases for a while. */
  #isQuiet(): boolean {
    return this.#options.clock.monotonicMs() - this.#lastPurchaseMs >= QUIET_MS
  }
}

function take(queue: FairQueue, count: number, members: PendingRequest[]): void {
  for (let taken = 0; taken < count; taken++) {
    const request = queue.take()
    if (!request) return
    members.push(request)
  }
}
