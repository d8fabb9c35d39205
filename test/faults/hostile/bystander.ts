import { mergedBuckets, percentileMs } from '../../../bench/load/histogram.js'
import type { LoadJob } from '../../../bench/load/job.js'
import type { LoadResult } from '../../../bench/load/result.js'
import { runJsonProgram } from '../../../bench/session/json-program.js'
import { methods, type WireClient } from '../harness/wire-client.js'

const ACCOUNTS = { prefix: 'bystander', count: 50 } as const
/** Purchases per second: few enough to leave a machine nearly idle. */
const PER_SECOND = 60
const WARMUP_MS = 500
const WINDOW_MS = 10_000
const CREDIT = '500000000000'
const CALL_MS_MAX = 10_000

/** Latencies of the purchases, in milliseconds, and all problems of their answers. */
export type BystanderFigures = {
  readonly purchases: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Wrong answers, and errors. */
  readonly complaints: readonly string[]
}

export type BystanderOptions = {
  readonly target: { readonly host: string; readonly port: number }
  readonly token: string
  readonly signal: AbortSignal
}

/** A well-behaved caller: a steady trickle of purchases on one connection, from a separate process. */
export class Bystander {
  readonly #options: BystanderOptions
  #run = 0

  constructor(options: BystanderOptions) {
    this.#options = options
  }

  /** Opens its accounts and fills their wallets. */
  async prepare(client: WireClient): Promise<void> {
    for (let number = 0; number < ACCOUNTS.count; number++) {
      const account_id = `${ACCOUNTS.prefix}${String(number).padStart(7, '0')}`
      await client.must(methods.createAccount, { account_id, request_id: 'open' }, CALL_MS_MAX)
      for (const category of ['FOOD', 'CASH']) {
        const credit = { account_id, transaction_id: `load-${category}`, category, amount: CREDIT }
        await client.must(methods.credit, credit, CALL_MS_MAX)
      }
    }
  }

  /** Buys until `isOver`, for at least ten seconds. */
  async buy(isOver: () => boolean): Promise<BystanderFigures> {
    const results: LoadResult[] = []
    do results.push(await this.#window())
    while (!isOver())
    const buckets = mergedBuckets(results.map(({ measured }) => measured.latencyBuckets))
    return {
      purchases: results.reduce((sum, { measured }) => sum + measured.answered, 0),
      p50: percentileMs(buckets, 0.5),
      p99: percentileMs(buckets, 0.99),
      max: Math.max(...results.map(({ measured }) => measured.latency.max)),
      complaints: results.flatMap(complaintsOf),
    }
  }

  async #window(): Promise<LoadResult> {
    const { target, token, signal } = this.#options
    this.#run += 1
    const job: LoadJob = {
      target,
      token,
      mode: 'unary',
      connections: 1,
      callTimeoutMs: CALL_MS_MAX,
      workload: {
        seed: this.#run,
        transactionPrefix: `bystander-${this.#run}.`,
        accounts: ACCOUNTS,
        amount: { min: 100, max: 5_000 },
        declinedAmount: 999_999_999_999,
        benefitMccs: ['5411', '5412'],
        cashMccs: ['5732'],
        merchants: ['PADARIA DO ZE               SAO PAULO BR', 'MERCADO BOM'],
        repeatShare: 0.1,
        repeatDistance: { min: 50, max: 100 },
        declineShare: 0.1,
        cashShare: 0.3,
      },
      shape: {
        type: 'open',
        ratePerSecond: PER_SECOND,
        warmupMs: WARMUP_MS,
        durationMs: WINDOW_MS,
        inFlightMax: 1_000,
      },
    }
    return await runJsonProgram<LoadResult>({
      script: 'bench/load/main.ts',
      flags: ['--import', 'tsx'],
      input: job,
      timeoutMs: WARMUP_MS + WINDOW_MS + 60_000,
      signal,
    })
  }
}

function complaintsOf({ whole }: LoadResult): readonly string[] {
  const errors = whole.errors.map(({ status, count, message }) => `${status} ${count} times: ${message}`)
  const { decidedTwice, contradicted, unexpected } = whole
  return [
    ...errors,
    ...(decidedTwice > 0 ? [`${decidedTwice} decided twice`] : []),
    ...(contradicted > 0 ? [`${contradicted} repeats answered otherwise`] : []),
    ...(unexpected.count > 0 ? [`${unexpected.count} unexpected: ${unexpected.first}`] : []),
  ]
}
