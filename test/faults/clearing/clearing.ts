import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Random } from '../../../tools/random.js'
import { benefits } from '../../e2e/cli/benefits.js'
import type { CardPurchase } from '../../support/clients/card-rail-client.js'
import { JWT_SECRET } from '../../support/clients/token.js'
import { eventually } from '../../support/eventually.js'
import type { Campaign, Fault, Pace } from '../harness/campaign.js'
import { portToReturnTo } from '../harness/mongod.js'
import { shownSums } from '../harness/purchase-sums.js'
import { ReplicaSet } from '../harness/replica-set.js'
import { campaignTable, count, countsOf, type Row, seconds } from '../harness/report.js'
import { type Plan, wholeNumber } from '../harness/run.js'
import { type Method, methods } from '../harness/wire-client.js'
import { type PlannedFile, type PlannedPurchase, planFile } from './planned-file.js'

const LINES = 100_000
const KILLS = 10
/** Purchases whose sums are compared. */
const DRAWN = 100
/** Balance of an account that is not poor, in centavos: more than all its lines take. */
const FUNDS = 900_000_000_000
/** A purchase that no account can pay, in centavos. */
const TOO_MUCH = 999_999_999_999
const CONCURRENCY = 64
/** Kills that are spread over the file, and a load that leaves the service time for it. */
const pace: Pace = { strikePauseMsMax: 30_000, workerPauseMs: { min: 0, max: 200 } }
const CALL_MS_MAX = 10_000

/** The summary of `./benefits clear`. */
type Summary = {
  readonly bookedCount: number
  readonly alreadyBookedCount: number
  readonly rejectedCount: number
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
}

/** Sends a clearing file twice while the service is killed, and compares the purchases. */
export function clearing({
  lines,
  kills,
}: {
  readonly lines: number
  readonly kills: number
}): Fault<'FILE' | 'SERVICE'> {
  let port = 0
  return {
    strikes: [['FILE'], Array.from({ length: kills }, () => 'SERVICE' as const)],
    // The command line calls the first process, also after it was killed.
    services: { envOf: (place) => (place === 0 ? { GRPC_PORT: String(port) } : {}) },
    prepare: async (campaign) => {
      const { folder, onCrash, services, struck } = campaign
      const database = await ReplicaSet.prepare({ folder: join(folder, 'data'), onCrash })
      port = await portToReturnTo()
      const file = new ClearedFile(campaign, port)
      return {
        uri: database.uri,
        start: () => database.start(),
        strike: async (kind, random) => {
          if (kind === 'FILE') return await file.run(random, lines)
          await file.sending
          await services.crash(random)
        },
        ownEntries: () => file.entries,
        close: () => database.stop(),
        progress: () => `${file.stage}, ${struck.get('SERVICE') ?? 0} kills`,
        report: (ending) =>
          campaignTable(campaign, ending, {
            above: [
              ['Node.js, MongoDB', `${process.versions.node}, ${database.version}`],
              ['kills of the service', count(struck.get('SERVICE') ?? 0)],
              ...file.rows,
            ],
          }),
      }
    },
  }
}

/** One file: its purchases are authorized, it is sent twice, and its purchases are compared. */
class ClearedFile {
  stage = 'before the file'
  /** Entries of the accounts of the file. */
  entries = 0
  /** Purchases whose sums were compared. */
  #compared = 0
  /** Booked lines by reason. */
  readonly #reasons = new Map<string, number>()
  #lines = 0
  #bookedMs = 0
  /** Resolves when the command sends the file, or never will. */
  readonly sending: Promise<void>
  #onSending = () => {}
  readonly #campaign: Campaign
  readonly #port: number

  constructor(campaign: Campaign, port: number) {
    this.sending = new Promise((resolve) => {
      this.#onSending = resolve
    })
    this.#campaign = campaign
    this.#port = port
  }

  get rows(): readonly Row[] {
    return [
      ['lines of the clearing file', count(this.#lines)],
      ['  of these', countsOf(this.#reasons)],
      ['  booked in', `${seconds(this.#bookedMs)} s`],
      ['purchases whose sums were compared', count(this.#compared)],
    ]
  }

  async run(random: Random, lineCount: number): Promise<void> {
    try {
      await this.#run(random, lineCount)
    } finally {
      this.#onSending()
    }
  }

  async #run(random: Random, lineCount: number): Promise<void> {
    const file = planFile(random, lineCount)
    this.stage = 'authorizing'
    await this.#openAll(file)
    await this.#authorizeAll(file)
    const path = join(this.#campaign.folder, 'clearing.csv')
    await writeFile(path, csvOf(file))
    this.stage = 'clearing'
    this.#onSending()
    const startedMs = performance.now()
    const first = await this.#clear(path, file)
    this.#bookedMs = performance.now() - startedMs
    this.#lines = file.lines.length
    for (const { reason, count: lines } of first?.reasons ?? []) this.#reasons.set(reason, lines)
    this.entries = await this.#entriesOf(file)
    this.stage = 'clearing again'
    await this.#clear(path, file)
    this.#expectEqual('the entries, when the file is sent again', {
      found: await this.#entriesOf(file),
      expected: this.entries,
    })
    this.stage = 'comparing'
    await this.#compare(random.shuffled(file.purchases.filter(({ sums }) => sums)).slice(0, DRAWN))
    this.stage = 'after the file'
  }

  async #openAll({ accounts }: PlannedFile): Promise<void> {
    await inParallel(accounts, async ({ id: account_id, isPoor }) => {
      await this.#ask(methods.createAccount, { account_id, request_id: 'open' })
      const credit = { transaction_id: 'load', account_id, category: 'FOOD', amount: FUNDS }
      if (!isPoor) await this.#ask(methods.credit, credit)
    })
  }

  async #authorizeAll({ purchases }: PlannedFile): Promise<void> {
    await inParallel(purchases, async ({ id: transaction_id, account: account_id, before, amount }) => {
      if (before === 'UNSEEN') return
      const answer = await this.#ask<{ code: string }>(methods.authorize, {
        ...{ transaction_id, account_id, mcc: '5411' },
        amount: before === 'DECLINED' ? TOO_MUCH : amount,
        ...(before === 'HELD' && { hold: {} }),
      })
      const expected = before === 'DECLINED' ? '51' : '00'
      this.#expectEqual(`the code of ${transaction_id}`, { found: answer.code, expected })
    })
  }

  async #clear(path: string, { lines }: PlannedFile): Promise<Summary | undefined> {
    const env = { HOST: '127.0.0.1', GRPC_PORT: String(this.#port), JWT_SECRET }
    const { code, stdout, stderr } = await benefits(['clear', path], env)
    if (stdout === '') {
      this.#expectEqual('the output of ./benefits clear', { found: stderr, expected: '' })
      return undefined
    }
    // The output of the command, as its own tests check it.
    const summary = JSON.parse(stdout) as Summary
    const { bookedCount, alreadyBookedCount, rejectedCount } = summary
    this.#expectEqual('the end of ./benefits clear', {
      found: { code, booked: bookedCount + alreadyBookedCount, rejectedCount },
      expected: { code: 0, booked: lines.length, rejectedCount: 0 },
    })
    return summary
  }

  async #entriesOf({ accounts }: PlannedFile): Promise<number> {
    let sum = 0
    await inParallel(accounts, async ({ id: account_id }) => {
      const { account } = await this.#ask<{ account: { version: string } }>(methods.getAccount, {
        account_id,
      })
      sum += Number(account.version)
    })
    return sum
  }

  async #compare(purchases: readonly PlannedPurchase[]): Promise<void> {
    await inParallel(purchases, async ({ id: transaction_id, account: account_id, before, sums }) => {
      const request = { account_id, transaction_id }
      const { purchase } = await this.#ask<{ purchase: CardPurchase }>(methods.getPurchase, request)
      this.#expectEqual(`the sums of ${transaction_id}, ${before} before the file`, {
        found: { ...shownSums(purchase), state: purchase.state },
        expected: { ...sums?.all, state: sums?.state },
      })
    })
    this.#compared = purchases.length
  }

  /** Asks any process until one answers. */
  async #ask<T = object>(method: Method, request: object): Promise<T> {
    const { services, signal } = this.#campaign
    const random = this.#campaign.fork()
    return await eventually(`${method.path} has an answer`, async () => {
      signal.throwIfAborted()
      const reply = await services.anyClient(random).call<T>(method, request, CALL_MS_MAX)
      if (reply.type === 'REJECTION') throw new Error(`${method.path}: ${reply.reason}`)
      return reply.type === 'ANSWER' && reply.answer
    })
  }

  #expectEqual(what: string, { found, expected }: { found: unknown; expected: unknown }): void {
    if (isDeepStrictEqual(found, expected)) return
    const [shown, wanted] = [found, expected].map((value) => JSON.stringify(value))
    this.#campaign.problems.found({ kind: 'RULE', detail: `${what}: ${shown}, expected ${wanted}` })
  }
}

function csvOf({ lines }: PlannedFile): string {
  const rows = lines.map(({ kind, account, before, id, original, amount, moreToCome }) => {
    // A restaurant may capture more than it holds. The wallet stays that of the hold.
    const mcc = before === 'HELD' ? '5812' : '5411'
    const reais = amount === undefined ? '' : (amount / 100).toFixed(2)
    return [kind, account, id, original, reais, mcc, 'MERCADO BOM', moreToCome ? 'yes' : ''].join(',')
  })
  return `${['kind,account,transaction_id,original,amount,mcc,merchant,more_to_come', ...rows].join('\n')}\n`
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}

export function clearingPlan(): Plan {
  const lines = wholeNumber('lines', LINES)
  const kills = wholeNumber('kills', KILLS)
  return {
    headline: `a clearing file of ${lines} lines, sent twice, and ${kills} kills of the service`,
    secondsMax: wholeNumber('seconds', 3_600),
    strikes: 'kills, or the file,',
    pace,
    faults: () => ({ clearing: clearing({ lines, kills }) }),
  }
}
