import type { AccountId } from '../../domain/account-status.js'
import type { Clock } from '../clock.js'
import { Admission } from './admission.js'
import { FairQueue } from './fair-queue.js'
import { type Lane, lanes } from './lane.js'
import type { PendingRequest } from './pending-request.js'

/** Most purchases in a group. Also the most requests of the other lanes while there are no purchases. */
const GROUP_MAX = 128
/**
 * Places that the other lanes share in a group while there are purchases. They have them in one group at a
 * time, or in both when any of their requests stood aside for the purchases of an earlier group.
 */
const SHARED_PLACES = 8
/**
 * Eighths of the shared places that a lane has before the lanes ahead of it may take them, so that none
 * starves. They add up to 8.
 */
const eighths = { BOOKING: 5, BACK_OFFICE: 2, EXPIRY: 1 } as const
/** The lanes that share places, the highest priority first. */
const sharingLanes = ['BOOKING', 'BACK_OFFICE', 'EXPIRY'] as const
type SharingLane = (typeof sharingLanes)[number]
/** Time without purchases after which the other lanes may fill whole groups, in milliseconds. */
const QUIET_MS = 10_000
/**
 * Longest rest of the other lanes between their groups while there are purchases, in milliseconds. They rest
 * for as long as their last group took, so they use half of the time: back to back, their groups took the
 * processor and the disk from the purchases.
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
  /** Places that the other lanes shared; 0 when none of their requests is a member. */
  readonly sharedPlaces: number
  /** When the group was taken, on the monotonic clock. */
  readonly takenMs: number
}

/**
 * The requests that wait for a group, in lanes.
 *
 * - Purchases come first. The other lanes share a few extra places in one of two groups, so they never starve
 *   and take no place from a purchase. They rest between their groups. They may fill whole groups without a
 *   rest only when there have been no purchases for a while.
 * - Each of the other lanes has a share of their places. A place that a lane does not need goes to the lane
 *   with the highest priority.
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
  /** Groups on their way with members of the other lanes. */
  #sharedGroups = 0
  /** When a group last contained a purchase, on the monotonic clock. */
  #lastPurchaseMs = Number.NEGATIVE_INFINITY
  /** Rests of the other lanes that have not ended. */
  #rests = 0

  constructor(options: LanesOptions) {
    this.#options = options
    const lane = () => ({
      queue: new FairQueue((accountId) => this.#busy.has(accountId)),
      admission: new Admission({ ...options, groupMax: GROUP_MAX }),
    })
    this.#lanes = { PURCHASE: lane(), BOOKING: lane(), BACK_OFFICE: lane(), EXPIRY: lane() }
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
    const places = this.#sharedPlaces()
    this.#takeShared(places, members)
    const isShared = members.length > purchases
    if (isShared) this.#sharedGroups += 1
    members.sort((a, b) => a.arrival - b.arrival)
    for (const { request } of members) this.#busy.add(request.accountId)
    return { members, sharedPlaces: isShared ? places : 0, takenMs }
  }

  /**
   * Records the end of a group, and releases its accounts. Returns how long the other lanes rest now, in
   * milliseconds, until `rested`; 0 when they do not.
   */
  ended(group: Group): number {
    for (const { request } of group.members) {
      if (!this.#busy.delete(request.accountId)) continue
      for (const lane of lanes) this.#lanes[lane].queue.release(request.accountId)
    }
    const { queue, admission } = this.#lanes.PURCHASE
    admission.ended({ waiting: queue.waiting })
    if (group.sharedPlaces === 0) return 0
    this.#sharedGroups -= 1
    for (const lane of sharingLanes) this.#endedFor(lane, group)
    if (this.#isQuiet()) return 0
    const restMs = Math.min(this.#options.clock.monotonicMs() - group.takenMs, REST_MS_MAX)
    if (restMs > 0) this.#rests += 1
    return restMs
  }

  /** Ends a rest of the other lanes. */
  rested(): void {
    this.#rests -= 1
  }

  /** Lists the requests that wait and do not pause. */
  *[Symbol.iterator](): Generator<PendingRequest> {
    for (const lane of lanes) yield* this.#lanes[lane].queue
  }

  #arrives(request: PendingRequest): void {
    this.#arrivals += 1
    request.arrival = this.#arrivals
  }

  #sharedPlaces(): number {
    const queues = sharingLanes.map((lane) => this.#lanes[lane].queue)
    if (queues.every(({ waiting }) => waiting === 0)) return 0
    if (this.#isQuiet()) return GROUP_MAX
    // Released requests get places in both groups, without a rest. Otherwise purchases could keep their
    // account busy whenever the other lanes have places.
    if (queues.some((queue) => queue.hasReleased())) return SHARED_PLACES
    return this.#sharedGroups > 0 || this.#rests > 0 ? 0 : SHARED_PLACES
  }

  /** Takes requests of the other lanes: each lane's share first, then by priority. */
  #takeShared(places: number, members: PendingRequest[]): void {
    if (places === 0) return
    const end = members.length + places
    for (const lane of sharingLanes) take(this.#lanes[lane].queue, (places * eighths[lane]) / 8, members)
    for (const lane of sharingLanes) take(this.#lanes[lane].queue, end - members.length, members)
  }

  /** Records the end of a group for one of the lanes that share places, if it had a member. */
  #endedFor(lane: SharingLane, { members, sharedPlaces }: Group): void {
    const own = members.filter((member) => member.lane === lane).length
    if (own === 0) return
    const others = members.filter((member) => member.lane !== lane && member.lane !== 'PURCHASE').length
    const { queue, admission } = this.#lanes[lane]
    admission.ended({ waiting: queue.waiting, places: sharedPlaces - others })
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
