/** One run of the load generator: it comes as JSON on standard input. Every number is a whole one, unless it says otherwise. */
export type LoadJob = {
  readonly target: { readonly host: string; readonly port: number }
  /** Bearer token of every call. */
  readonly token: string
  /** `unary` calls Authorize, `stream` sends the same requests through AuthorizeStream. */
  readonly mode: 'unary' | 'stream'
  /** Connections; calls take turns among them. 1 to 64. */
  readonly connections: number
  /**
   * Deadline that the server is told of each unary call, and how long calls that are under way at the end are waited for.
   * 1 to 60,000, by default 10,000.
   */
  readonly callTimeoutMs?: number
  /**
   * Connections that the server ends are replaced, as gRPC's own clients do, and calls that it says it has not looked at are sent again. Then a
   * run may be long. Only with `unary`; without it the end of a connection is the end of the run.
   */
  readonly renewsConnections?: boolean
  /** What happened is told of every such time besides, from the start of the measured time on. 100 to 60,000 ms; absent when nobody wants it. */
  readonly windowMs?: number
  readonly workload: Workload
  readonly shape: LoadShape
}

/** Where a job does not say otherwise. */
export const CALL_TIMEOUT_MS = 10_000

/** The kind of all requests of a workload. A capture takes the whole hold of the same number. */
export type RequestKind = 'PURCHASE' | 'HOLD' | 'CAPTURE'

/**
 * What is sent. Request number n is a function of the workload alone, whatever the answers are, with one exception: a repeat
 * whose original is still under way is replaced by a new request.
 */
export type Workload = {
  /**
   * By default purchases. For captures, an earlier run has sent holds with a workload that is otherwise the
   * same, without repeats and without amounts that are declined.
   */
  readonly kind?: RequestKind
  readonly seed: number
  /** Begins every transaction id; has to be new for every run on the same database. 1 to 100 visible ASCII characters. */
  readonly transactionPrefix: string
  readonly accounts: AccountRange
  /** Every request is for the first account. */
  readonly hotAccount?: boolean
  /** Amounts that are to be approved, in centavos, drawn evenly from the first to the last. */
  readonly amount: { readonly min: number; readonly max: number }
  /** Amount that no wallet covers, in centavos. */
  readonly declinedAmount: number
  /** MCCs that a benefit wallet pays for. One is drawn evenly for each request, as are the merchants. */
  readonly benefitMccs: readonly string[]
  /** MCCs that CASH pays for. */
  readonly cashMccs: readonly string[]
  /** Merchants that no rule is about. */
  readonly merchants: readonly string[]
  /** Part of all requests that repeat an earlier one, byte for byte. 0 to 0.9, a fraction. */
  readonly repeatShare: number
  /**
   * A repeat is of the request so many requests before. 1 to 4,000, by default 200 to 400. It should be more than are under way at
   * once, and far less than are sent in the whole run, or there are fewer repeats than asked for.
   */
  readonly repeatDistance?: RepeatDistance
  /** Part of the new requests that ask for the declined amount. 0 to 1, a fraction. */
  readonly declineShare: number
  /** Part of the other new requests that CASH has to pay. 0 to 1, a fraction. */
  readonly cashShare: number
}

/** Both included. */
export type RepeatDistance = { readonly min: number; readonly max: number }

/** Where a workload does not say otherwise. */
export const REPEAT_DISTANCE: RepeatDistance = { min: 200, max: 400 }

/** Accounts `<prefix>0000000`, `<prefix>0000001` and so on: see `accountIdAt`. */
export type AccountRange = { readonly prefix: string; readonly count: number }

export type LoadShape = ClosedLoop | OpenLoop

/** So many callers, each of which sends the next request as soon as it has its answer: what throughput is measured with. */
export type ClosedLoop = {
  readonly type: 'closed'
  /** 1 to 16,384. */
  readonly callers: number
  readonly warmupMs: number
  readonly durationMs: number
}

/**
 * Requests that arrive when they do (a Poisson process), whether the answers keep up or not: what latency is measured with.
 * A latency counts from the moment of arrival, so that whatever a request waits for, this process included, is in it.
 */
export type OpenLoop = {
  readonly type: 'open'
  readonly ratePerSecond: number
  readonly warmupMs: number
  readonly durationMs: number
  /** Calls under way at once; what arrives above that waits here, and is counted as late. 1 to 16,384. */
  readonly inFlightMax: number
}
