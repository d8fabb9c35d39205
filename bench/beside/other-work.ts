import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { status } from '@grpc/grpc-js'
import { accountIdAt } from '../load/account-id.js'
import { accountRange, type Plan } from '../plan/scenarios.js'
import { PROJECT, watch } from '../session/children.js'
import type { Session } from '../session/session.js'
import type { BackOffice } from './back-office.js'

const READERS = 8
const SCRAPERS = 8
/** Entries of the account whose history the readers read, at least: more than a page has. */
const HISTORY_ENTRIES = 1_100

/** Credits of one account in one stream: few, since they are decided one after another. */
const CREDITS_AT_ONCE = 50

/** Statuses that say that the service has too much to do: the work goes on. */
const busy: readonly unknown[] = [status.RESOURCE_EXHAUSTED, status.DEADLINE_EXCEEDED, status.UNAVAILABLE]

/** What other work is done with. */
export type Workplace = {
  readonly session: Session
  readonly office: BackOffice
  readonly plan: Plan
  /** Rules of an import. */
  readonly rules: number
  /** Time that the work goes on for, in milliseconds. */
  readonly durationMs: number
}

/** Work that goes on beside purchases. */
export type OtherWork = {
  readonly id: string
  readonly title: string
  readonly unit: string
  /** Begins nothing new after the signal, and returns how many units were done. */
  readonly run: (place: Workplace, signal: AbortSignal) => Promise<number>
}

/** Everything that purchases are measured beside. */
export const otherWork: readonly OtherWork[] = [
  {
    id: 'credits',
    title: 'BatchCredit at full speed',
    unit: 'credits',
    run: ({ office, plan }, signal) =>
      repeat(1, signal, () => office.credit(untilAborted(accountsInTurn(plan), signal))),
  },
  {
    id: 'pages',
    title: `${READERS} readers of pages of 1,000`,
    unit: 'pages',
    run: ({ office, plan }, signal) =>
      repeat(READERS, signal, async (reader) => {
        await office.readPage(reader, busiest(plan))
        return 1
      }),
  },
  {
    id: 'rules',
    title: 'import and export of rules',
    unit: 'rules',
    run: ({ office, rules }, signal) =>
      repeat(1, signal, async () => {
        await office.importRules(rules)
        if (signal.aborted) return rules
        await office.exportRules()
        return 2 * rules
      }),
  },
  {
    id: 'verify',
    title: 'verify',
    unit: 'accounts',
    run: ({ session }, signal) => repeat(1, signal, () => verify(session.env)),
  },
  greedy({ id: 'greedy', title: 'a caller with 512 calls under way', connections: 4, callers: 512 }),
  greedy({ id: 'many', title: 'a caller with 8 × 100 calls under way', connections: 8, callers: 800 }),
  {
    id: 'scrapers',
    title: `${SCRAPERS} scrapers of /metrics`,
    unit: 'pages',
    run: ({ session }, signal) =>
      repeat(SCRAPERS, signal, async () => {
        const page = await fetch(`http://127.0.0.1:${session.server.httpPort}/metrics`)
        await page.arrayBuffer()
        return 1
      }),
  },
]

/** Fills the database with what the readers read: rules, and an account with a long history. */
export async function prepare({ office, rules, plan }: Workplace): Promise<void> {
  await office.importRules(rules)
  for (let made = 0; made < HISTORY_ENTRIES; made += CREDITS_AT_ONCE) {
    await office.credit(Array.from({ length: CREDITS_AT_ONCE }, () => busiest(plan)))
  }
}

/** Purchases of one caller, without a pause. */
function greedy(caller: {
  readonly id: string
  readonly title: string
  readonly connections: number
  readonly callers: number
}): OtherWork {
  const { id, title, connections, callers } = caller
  return {
    id,
    title,
    unit: 'decisions',
    run: async ({ session, durationMs }) => {
      const shape = { type: 'closed', callers, warmupMs: 0, durationMs } as const
      const load = { mode: 'unary', hotAccount: false, subject: id, connections } as const
      return (await session.load(load, shape)).measured.answered
    },
  }
}

/** Runs the command that verifies the books, and returns how many accounts it has looked at. */
async function verify(env: Readonly<Record<string, string>>): Promise<number> {
  const child = watch(
    spawn(process.execPath, ['dist/verify.js'], {
      cwd: PROJECT,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  const closed = once(child, 'close')
  const output = await text(child.stdout)
  await closed
  if (child.exitCode !== 0) throw new Error(`verify ended with ${child.signalCode ?? child.exitCode}`)
  const summary = output.trim().split('\n').at(-1) ?? ''
  return JSON.parse(summary).accounts
}

/** Does a piece of work again and again, so many at a time, and returns the sum of what they had done. */
async function repeat(
  workers: number,
  signal: AbortSignal,
  piece: (worker: number) => Promise<number>,
): Promise<number> {
  let done = 0
  const work = async (worker: number) => {
    while (!signal.aborted) {
      const units = await piece(worker).catch(unlessBusy)
      done += units
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
  return done
}

function unlessBusy(error: unknown): number {
  const isBusy = error instanceof Error && 'code' in error && busy.includes(error.code)
  if (!isBusy) throw error
  return 0
}

function* untilAborted<T>(items: Iterable<T>, signal: AbortSignal): Generator<T> {
  for (const item of items) {
    if (signal.aborted) return
    yield item
  }
}

function* accountsInTurn({ accounts }: Plan): Generator<string> {
  for (let number = 0; ; number++) yield accountIdAt(accountRange(accounts), number % accounts)
}

function busiest({ accounts }: Plan): string {
  return accountIdAt(accountRange(accounts), 0)
}
