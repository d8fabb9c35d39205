import { type Authorize, authorize } from '../../../src/application/authorize.js'
import type { AccountCodec } from '../../../src/application/engine/account-codec.js'
import { Engine, type Executor, type RetryCause } from '../../../src/application/engine/engine.js'
import { LedgerPoster } from '../../../src/application/engine/ledger-poster.js'
import type { Timers } from '../../../src/application/engine/timers.js'
import { challengeCategories } from '../../../src/domain/category.js'
import type { Entry } from '../../../src/domain/entry.js'
import type { Tracing } from '../../../src/observability/tracing/tracing.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { fundedAccount, patience, purchase } from './fixtures.js'
import { HandClock } from './hand-clock.js'
import { InMemoryStore } from './in-memory-store.js'
import { soon } from './soon.js'

/** An engine on a store in memory, as one process would have it. */
export type TestEngine = {
  readonly store: InMemoryStore
  readonly clock: HandClock
  readonly poster: LedgerPoster
  readonly engine: Executor
  readonly authorize: Authorize
  /** The entries that the poster reported. */
  readonly discrepancy: Entry[]
  /** The decided groups, and the causes of repeated decisions. */
  readonly groups: { readonly size: number; readonly durationMs: number }[]
  readonly retries: RetryCause[]
  /** Numbers of due holds that commits ended. */
  readonly expired: number[]
  /** The errors of the attempts that found the store unavailable. */
  readonly outages: unknown[]
}

type TestEngineOptions = {
  readonly store?: InMemoryStore
  readonly queueMax?: number
  readonly timers?: Timers
  readonly random?: () => number
  readonly codec?: AccountCodec
  /** Wraps the engine and its stores, as the service does. */
  readonly tracing?: Tracing
}

export function testEngine(options: TestEngineOptions = {}): TestEngine {
  const { store = new InMemoryStore(), queueMax = 1_000, tracing, timers, random, codec } = options
  const clock = new HandClock()
  const discrepancy: Entry[] = []
  const poster = new LedgerPoster({
    ledger: store,
    clock,
    gatherMsMax: 10,
    onFailure: () => {},
    onDiscrepancy: (entry) => discrepancy.push(entry),
  })
  const groups: TestEngine['groups'] = []
  const retries: RetryCause[] = []
  const expired: number[] = []
  const outages: unknown[] = []
  const accounts = tracing?.accounts(store) ?? store
  const whole = new Engine({
    accounts,
    ledger: tracing?.ledger(store) ?? store,
    poster,
    clock,
    queueMax,
    waitMsMax: 1_000,
    onGroup: (group) => groups.push(group),
    onRetry: (cause) => retries.push(cause),
    onExpired: (holds) => expired.push(holds),
    onUnavailable: (error) => outages.push(error),
    ...(timers && { timers }),
    ...(random && { random }),
    ...(codec && { codec }),
  })
  const engine = tracing?.engine(whole) ?? whole
  const catalog = catalogOf(challengeCategories)
  const decided: Authorize = (...asked) =>
    authorize({ engine, catalog: () => catalog, calendar: utcCalendar }, ...asked)
  return { store, clock, poster, engine, authorize: decided, discrepancy, groups, retries, expired, outages }
}

/**
 * Keeps both groups of the engine waiting for the store, each with a purchase on a separate account, so that
 * later requests have to wait. Call `store.loading.release()` to continue.
 */
export async function occupy({ store, authorize }: TestEngine): Promise<void> {
  store.put(fundedAccount('busy-1'), fundedAccount('busy-2'))
  store.loading.hold()
  void authorize('busy-1', purchase('busy'), patience)
  void authorize('busy-2', purchase('busy'), patience)
  await soon('both groups are loading', () => store.loading.inProgress === 2)
}

/** Waits until the ledger holds everything that the poster knows. */
export async function allSettled({ poster }: TestEngine): Promise<void> {
  await soon('everything is posted', () => poster.unposted === 0)
}
