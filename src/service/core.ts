import { setTimeout as delay } from 'node:timers/promises'
import type { MongoClient } from 'mongodb'
import type { AccountList } from '../application/account-list.js'
import type { AccountStore } from '../application/account-store.js'
import { CardRailTotals } from '../application/card-rail-totals.js'
import { CatalogCache } from '../application/catalog/catalog-cache.js'
import type { CategoryStore } from '../application/catalog/category-store.js'
import type { MerchantRuleStore } from '../application/catalog/merchant-rule-store.js'
import type { Clock } from '../application/clock.js'
import { type BackgroundTurns, PurchasesFirst } from '../application/engine/background-turns.js'
import type { EngineOptions, Executor } from '../application/engine/engine.js'
import { Engines } from '../application/engine/engines.js'
import { LedgerPosters, type Posting } from '../application/engine/ledger-posters.js'
import { HoldSweeper } from '../application/expire-holds.js'
import type { Ledger } from '../application/ledger.js'
import { Purchases } from '../application/purchase.js'
import { seedExamples } from '../application/seed-examples.js'
import { Simulator } from '../application/simulate.js'
import { Statement } from '../application/statement.js'
import { zoneCalendar } from '../application/zone-calendar.js'
import type { Config } from '../config.js'
import type { Calendar } from '../domain/calendar.js'
import type { Catalog } from '../domain/catalog.js'
import type { Entry } from '../domain/entry.js'
import type { MerchantRule } from '../domain/merchant-rule.js'
import type { Tracing } from '../observability/tracing/tracing.js'
import { MongoAccountList } from '../storage/account/mongo-account-list.js'
import { MongoAccountStore } from '../storage/account/mongo-account-store.js'
import { MongoCardRailSums } from '../storage/account/mongo-card-rail-sums.js'
import { MongoDueAccounts } from '../storage/account/mongo-due-accounts.js'
import { MongoLedger } from '../storage/account/mongo-ledger.js'
import { MongoStatementStore } from '../storage/account/mongo-statement-store.js'
import { ReadOrder } from '../storage/account/read-order.js'
import { v8Codec } from '../storage/account/v8-codec.js'
import { Books, booksNotRight } from '../storage/books.js'
import { MongoCatalogStore } from '../storage/catalog/mongo-catalog-store.js'
import { MongoCategoryStore } from '../storage/catalog/mongo-category-store.js'
import { MongoMerchantRuleStore } from '../storage/catalog/mongo-merchant-rule-store.js'
import { createClient } from '../storage/client.js'
import { ShardMap } from '../storage/shard-map.js'

export const systemClock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() }

/**
 * Longest time that entries gather before they are posted to the ledger, in milliseconds. No caller waits for
 * it.
 */
const GATHER_MS_MAX = 100

export type CoreOptions = {
  readonly config: Config
  readonly mongodbUri: string
  /** The system's clock by default. Tests set one to make days pass. */
  readonly clock?: Clock
  /** Called when a decision failed, or may not be durable, because the database was away. */
  readonly onDecisionFailure?: (error: unknown) => void
  /** Absent when nothing is traced: the engine then uses its stores directly. */
  readonly tracing?: Tracing | undefined
  readonly onPostingFailure: (error: unknown) => void
  readonly onDiscrepancy: (entry: Entry) => void
  /** The engine's callbacks for metrics. */
  readonly engineEvents?: Pick<EngineOptions, 'onGroup' | 'onRetry' | 'onExpired'>
  /** Called when due holds could not be found or expired. The next sweep tries again. */
  readonly onSweepFailure?: (error: unknown) => void
  /** Called when the card rail could not be counted. It is counted again later. */
  readonly onCountFailure?: (error: unknown) => void
  readonly onCatalogFailure: (error: unknown) => void
  /** Called when the change stream of the catalog breaks. Changes are still found by polling. */
  readonly onCatalogUnwatched: (error: unknown) => void
  /**
   * Called when the map of accounts to shards cannot be read. Requests then wait in one queue, or by an old
   * map.
   */
  readonly onShardMapUnreadable?: (error: unknown) => void
}

/** The engine on its database, without any port. The service and the commands share it. */
export type Core = {
  readonly client: MongoClient
  readonly accounts: AccountStore
  readonly accountList: AccountList
  readonly statement: Statement
  readonly purchases: Purchases
  readonly simulator: Simulator
  readonly engine: Executor
  /** Returns the current limit on requests waiting in each lane. */
  readonly waitingMax: () => number
  /** Turns for background work, which yields to purchases. */
  readonly backgroundTurns: BackgroundTurns
  /** Expires due holds of accounts without traffic, once it is started. */
  readonly holdSweeper: HoldSweeper
  /** Counts what the card rail has left open, once it is started. */
  readonly cardRailTotals: CardRailTotals
  readonly poster: Posting
  /** Returns the catalog to decide by. Throws UndecidedError UNAVAILABLE before the first read. */
  readonly catalog: () => Catalog
  readonly catalogCache: CatalogCache
  /** The calendar of the days and months of spending limits. */
  readonly calendar: Calendar
  readonly categories: CategoryStore
  readonly merchantRules: MerchantRuleStore
  /** Creates the schema, reads the catalog for the first time, and adds the examples if configured. */
  readonly prepare: () => Promise<void>
  /** Fails while the database does not answer, or does not hold the books of this process. */
  readonly checkBooks: () => Promise<void>
  /**
   * Throws unless the books are known to be right.
   *
   * @throws UndecidedError UNAVAILABLE while they are not.
   */
  readonly ensureBooks: () => void
  /** Returns the id of the books; undefined before the first contact with them. */
  readonly booksId: () => string | undefined
  /** Decides the waiting requests, posts their entries and closes the connections, within the given time. */
  readonly close: (timeoutMs: number) => Promise<void>
}

export function createCore(options: CoreOptions): Core {
  const { config, tracing, clock = systemClock } = options
  const client = createClient({ uri: options.mongodbUri, poolSizeMax: config.mongodbPoolSize })
  const db = client.db(config.mongodbDatabase)
  const order = new ReadOrder(client)
  const books = new Books(db, order)
  const accounts = new MongoAccountStore(db, order, books.known)
  const ledger = new MongoLedger(db, order, books.known)
  const shardMap = new ShardMap(db, options.onShardMapUnreadable ?? (() => {}))
  const { engine, poster } = createEngine({ options, clock, accounts, ledger, shardOf: shardMap.shardOf })
  const backgroundTurns = new PurchasesFirst(engine)
  const merchantRules = new MongoMerchantRuleStore(db, { turns: backgroundTurns })
  const catalogCache = new CatalogCache({
    store: new MongoCatalogStore(db),
    clock,
    refreshMs: config.catalogRefreshMs,
    missingRail: config.missingRail,
    onFailure: options.onCatalogFailure,
    onUnwatched: options.onCatalogUnwatched,
  })
  const catalog = () => catalogCache.current()
  const calendar = zoneCalendar(config.limitsTimeZone)
  const guardedEngine = whileBooksAreRight(books, tracing?.engine(engine) ?? engine)
  const holdSweeper = new HoldSweeper({
    dueAccounts: new MongoDueAccounts(db),
    engine: guardedEngine,
    clock,
    turns: backgroundTurns,
    onFailure: options.onSweepFailure ?? (() => {}),
  })
  const cardRailTotals = new CardRailTotals({
    sums: new MongoCardRailSums(db, backgroundTurns),
    clock,
    onFailure: options.onCountFailure ?? (() => {}),
  })
  const statements = new MongoStatementStore(db, order, backgroundTurns)

  /** Adds rules. An existing rule, or one whose slot is taken, stays as it is. */
  async function addRules(rules: readonly MerchantRule[]): Promise<void> {
    for (const rule of rules) await merchantRules.create(rule, 'seed')
  }

  /**
   * Forgets everything read from the books, which may have come back as they were at an earlier time.
   * Requests in progress fail on the collections that they name.
   */
  async function forget(): Promise<void> {
    await engine.drain()
    engine.forget()
    poster.forget()
    await catalogCache.reread()
  }

  return {
    client,
    accounts,
    accountList: new MongoAccountList(db, backgroundTurns),
    statement: new Statement({ accounts, ledger, statements }),
    purchases: new Purchases({ accounts, ledger, clock }),
    simulator: new Simulator({ accounts, ledger, clock, catalog, calendar }),
    engine: guardedEngine,
    holdSweeper,
    cardRailTotals,
    waitingMax: () => engine.waitingMax,
    backgroundTurns,
    poster,
    catalog,
    catalogCache,
    calendar,
    categories: new MongoCategoryStore(db),
    merchantRules,
    prepare: async () => {
      // The driver connects by itself only once. After a failed first attempt, every operation fails until
      // `connect` is called again.
      await client.connect()
      await books.open()
      if (await order.isSharded()) await shardMap.follow()
      await catalogCache.start()
      if (!config.seedExamples) return
      await seedExamples({ engine, catalog, clock, addRules })
      // A caller may use the example rules as soon as the service is ready.
      await catalogCache.refresh()
    },
    checkBooks: () => books.check(forget),
    ensureBooks: () => {
      if (!books.right) throw booksNotRight()
    },
    booksId: () => books.id,
    close: async (timeoutMs) => {
      holdSweeper.stop()
      cardRailTotals.stop()
      await catalogCache.close()
      shardMap.close()
      const endsAtMs = clock.monotonicMs() + timeoutMs
      // A silent database takes longer. Its late answers no longer matter.
      await Promise.race([engine.drain(), delay(timeoutMs / 2, undefined, { ref: false })])
      await poster.drain(endsAtMs - clock.monotonicMs())
      await client.close()
    },
  }
}

type EngineWiring = {
  readonly options: CoreOptions
  readonly clock: Clock
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly shardOf: ShardMap['shardOf']
}

/** Creates the engine, and the poster that copies its entries to the ledger. */
function createEngine({ options, clock, accounts, ledger, shardOf }: EngineWiring) {
  const { config, tracing } = options
  const poster = new LedgerPosters({
    ledger,
    clock,
    gatherMsMax: GATHER_MS_MAX,
    onFailure: options.onPostingFailure,
    onDiscrepancy: options.onDiscrepancy,
  })
  const engine = new Engines({
    shardOf,
    accounts: tracing?.accounts(accounts) ?? accounts,
    ledger: tracing?.ledger(ledger) ?? ledger,
    posters: poster,
    clock,
    codec: v8Codec,
    queueMax: config.queueMax,
    waitMsMax: config.queueWaitMs,
    ...(options.onDecisionFailure && { onUnavailable: options.onDecisionFailure }),
    ...options.engineEvents,
  })
  return { engine, poster }
}

/** Returns the engine, but lets it decide only while the books are known to be right. */
function whileBooksAreRight(books: Books, engine: Executor): Executor {
  return {
    execute: (request, budget) =>
      books.right ? engine.execute(request, budget) : Promise.reject(booksNotRight()),
    get waiting() {
      return engine.waiting
    },
    waitingIn: (lane) => engine.waitingIn(lane),
    drain: () => engine.drain(),
  }
}
