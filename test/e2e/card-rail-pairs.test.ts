import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { Places } from '../../src/application/places.js'
import { type Core, systemClock } from '../../src/service/core.js'
import { CardRailClient } from '../support/clients/card-rail-client.js'
import { openCore, testBudget } from '../support/database/accounts.js'
import { cleanBooks } from '../support/database/verified.js'
import { WAIT_MS_MAX } from '../support/eventually.js'
import { textOf } from '../support/model/as-text.js'
import type { Of, Operation } from '../support/model/model-operation.js'
import { type CardOperation, requestOf } from '../support/model/model-request.js'
import { type Answered, accountText, perform, readStatement } from '../support/model/model-service.js'
import { type Answer, ReferenceModel } from '../support/model/reference-model.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'
import { useWallClocks } from '../support/processes/wall-clock.js'

const DAY_MS = 86_400_000
/** Days after which every hold is due. */
const ALL_DUE = 8
/** Most accounts on which steps are taken at once. */
const ACCOUNTS_MAX = 16

/** An operation of the card network, or a visit of the sweeper in a process whose clock is days ahead. */
type Step = CardOperation | 'SWEEP'

const account = 'A'
const original = 'tx-1'
const shop = { account, mcc: '5411', merchant: 'MERCADO' }
const purchase: Of<'buy'> = {
  ...{ ...shop, kind: 'buy', id: original, amount: 100n },
  ...{ fallback: true, network: undefined, hold: undefined },
}
const named = (id: string) => ({ account, id, original })
const booking = (id: string) => ({ ...shop, id, original, amount: 100n })
const reversal = (id: string) => ({ ...named(id), kind: 'reverse' as const, said: {} })

/** What can happen to one purchase of 1.00. Each gets the id of its message; a purchase has its own. */
const steps: Readonly<Record<string, (id: string) => Step>> = {
  hold: () => ({ ...purchase, hold: 'DEFAULT' }),
  payment: () => purchase,
  increment: (id) => ({ ...named(id), kind: 'increment', amount: 50n }),
  'capture of a part': (id) => ({ ...booking(id), kind: 'capture', amount: 30n, more: true }),
  'final capture of less': (id) => ({ ...booking(id), kind: 'capture', amount: 60n, more: false }),
  'capture of more': (id) => ({ ...booking(id), kind: 'capture', amount: 190n, more: false }),
  advice: (id) => ({ ...booking(id), kind: 'advise', fallback: true }),
  'booked refund': (id) => ({ ...booking(id), kind: 'refund', amount: 40n, isRequest: false }),
  'refund that is asked': (id) => ({ ...booking(id), kind: 'refund', isRequest: true }),
  'partial reversal': (id) => ({ ...reversal(id), amount: 40n, isAdvice: false }),
  'full reversal': (id) => ({ ...reversal(id), amount: undefined, isAdvice: true }),
  expiry: () => 'SWEEP',
}

/** What has happened to the purchase before. */
const starts: Readonly<Record<string, readonly (Operation | 'SWEEP')[]>> = {
  'never seen': [],
  paid: [stepNamed('payment')],
  held: [stepNamed('hold')],
  captured: [stepNamed('hold'), stepNamed('final capture of less')],
}

const opening: readonly Operation[] = [
  { kind: 'open', account, id: 'open' },
  { kind: 'credit', account, id: 'food', wallet: 'FOOD', amount: 160n, paysOwed: false },
]

type Pair = readonly [one: Step, other: Step]
type Check = { readonly title: string; readonly pair: Pair; readonly isAtOnce: boolean }

/** All pairs, in both orders and at once: a step and another one, or its like, or its repeat with its id. */
const checks: readonly Check[] = Object.keys(steps).flatMap((one, place, names) =>
  names.slice(place).flatMap((other): readonly Check[] => {
    const [first, second] = [stepNamed(one, 'x'), stepNamed(other, 'y')]
    if (one !== other)
      return [
        { title: `${one}, then ${other}`, pair: [first, second], isAtOnce: false },
        { title: `${other}, then ${one}`, pair: [second, first], isAtOnce: false },
        { title: `${one} and ${other} at once`, pair: [first, second], isAtOnce: true },
      ]
    const twins = [
      { title: `${one}, then another`, pair: [first, second] as const, isAtOnce: false },
      { title: `${one} and another at once`, pair: [first, second] as const, isAtOnce: true },
    ]
    return [
      ...(textOf(first) === textOf(second) ? [] : twins),
      { title: `${one}, then its repeat`, pair: [first, first], isAtOnce: false },
      { title: `${one} and its repeat at once`, pair: [first, first], isAtOnce: true },
    ]
  }),
)

/** The answers to both steps (and to their repeats), the account and its statement, in a text. */
type Outcome = string

describe('two steps of one purchase, over the wire, end as the reference model says', () => {
  const clocks = useWallClocks()
  const start = useServices()
  const now = new Date()
  const places = new Places(ACCOUNTS_MAX, Number.POSITIVE_INFINITY)
  const wrong = new Map<Check, readonly unknown[]>()
  /** One to each of two processes. */
  let connections: readonly CardRailClient[] = []
  let core: Core
  /** A process for which every hold is due. */
  let ahead: Core
  let database: string

  before(async () => {
    const zone = { LIMITS_TIME_ZONE: 'UTC' }
    const env = { ...(await serviceEnvironment()), ...zone, ...clocks.environment(0) }
    database = env.MONGODB_DATABASE
    clocks.of(0).standAt(now.toISOString())
    const services = await Promise.all([start(env), start(env)])
    await Promise.all(services.map((service) => service.untilEvent('serving')))
    connections = services.map(({ grpcAddress }) => new CardRailClient(grpcAddress))
    core = await openCore(env.MONGODB_URI, database, {}, zone)
    const clock = { ...systemClock, now: () => daysAfter(now, ALL_DUE) }
    ahead = await openCore(env.MONGODB_URI, database, { clock }, zone)
    await Promise.all(checks.map(async (check) => wrong.set(check, await wrongIn(check))))
  })
  after(async () => {
    for (const client of connections) client.close()
    await core?.close(WAIT_MS_MAX)
    await ahead?.close(WAIT_MS_MAX)
  })

  async function wrongIn({ pair, isAtOnce }: Check): Promise<readonly unknown[]> {
    // A purchase comes first, or too late.
    const isPurchase = pair.some((step) => step !== 'SWEEP' && step.kind === 'buy')
    const found = (isPurchase ? ['never seen'] : Object.keys(starts)).map(async (from) => {
      const allowed = [foretold(from, pair, { isAtOnce, isSwapped: false })]
      if (isAtOnce) allowed.push(foretold(from, pair, { isAtOnce, isSwapped: true }))
      const outcome = await places.run(() => outcomeOf(from, pair, { isAtOnce })).catch(String)
      return allowed.includes(outcome) ? [] : [{ from, outcome, allowed }]
    })
    return (await Promise.all(found)).flat()
  }

  async function outcomeOf(
    from: string,
    [one, other]: Pair,
    { isAtOnce }: { isAtOnce: boolean },
  ): Promise<Outcome> {
    const run = randomUUID()
    const id = `${run}-${account}`
    for (const step of [...opening, ...(starts[from] ?? [])]) await take(run, step)
    const first = () => take(run, one)
    const second = () => take(run, other, connections[1])
    const atOnce = async () => await Promise.all([first(), second()])
    const answers = isAtOnce ? [...(await atOnce()), ...(await atOnce())] : [await first(), await second()]
    const stored = (await core.accounts.load([id])).get(id)
    const statement = (await readStatement(core, id, { filter: {}, pageSize: 100 })) ?? []
    const records = statement.map(({ atMs: _, ...record }) => record)
    return textOf({ answers, account: stored && accountText(stored), records })
  }

  async function take(run: string, step: Step | Operation, client = connections[0]): Promise<string> {
    if (step === 'SWEEP') return await sweep(`${run}-${account}`)
    if (!isOfCard(step)) return answerText(await perform(core, step, run))
    const { method, message } = requestOf(step, `${run}-${account}`)
    const { answer, error } = (await client?.send(method, message)) ?? {}
    if (error?.info?.reason === 'TRANSACTION_ID_REUSED') return 'REUSED'
    if (!answer || !('code' in answer)) throw new Error(`${method} was not answered: ${error?.message}`)
    const { code, reason, replayed } = answer
    return `${code} ${reason.replace('REASON_', '')} ${replayed ? 'REPEATED' : 'NEW'}`
  }

  async function sweep(accountId: string): Promise<string> {
    const decide = () => ({ type: 'REJECTED' as const, rejection: 'NOTHING' })
    await ahead.engine.execute({ accountId, lane: 'EXPIRY', transactionIds: [], decide }, testBudget())
    return 'swept'
  }

  /** What the reference model says of the steps, in this order or swapped. */
  function foretold(
    from: string,
    [one, other]: Pair,
    { isAtOnce, isSwapped }: { isAtOnce: boolean; isSwapped: boolean },
  ): Outcome {
    const model = new ReferenceModel()
    const tell = (step: Step | Operation): string => {
      if (step !== 'SWEEP') return answerText(model.do(step, dayOf(now)))
      // The model ends due holds before every answer, also before one that it does not record.
      model.do({ kind: 'open', account, id: 'sweep' }, dayOf(daysAfter(now, ALL_DUE)))
      return 'swept'
    }
    for (const step of [...opening, ...(starts[from] ?? [])]) tell(step)
    const answers = isSwapped ? [other, one].map(tell).reverse() : [one, other].map(tell)
    if (isAtOnce) answers.push(...[one, other].map(tell))
    return textOf({ answers, account: model.balances(account), records: model.statement(account) })
  }

  for (const check of checks)
    it(check.title, () => {
      expect(wrong.get(check)).to.deep.equal([])
    })

  it('and leave books in which every centavo is explained', async () => {
    await cleanBooks(core.client.db(database))
  })
})

function stepNamed(name: string, id = 'earlier'): Step {
  return steps[name]?.(id) ?? 'SWEEP'
}

function isOfCard(step: Operation): step is CardOperation {
  return !['open', 'status', 'limits', 'credit'].includes(step.kind)
}

function answerText(answer: Answer | Answered): string {
  if (answer.was === 'REUSED') return 'REUSED'
  if (answer.was === 'REJECTED') return answer.why
  return `${codeOf(answer.record)} ${answer.record.reason} ${answer.was}`
}

function codeOf({ decision, reason }: { readonly decision: string; readonly reason: string }): string {
  if (decision === 'APPROVED') return '00'
  return reason === 'INSUFFICIENT_BALANCE' ? '51' : '07'
}

function daysAfter(time: Date, days: number): Date {
  return new Date(time.getTime() + days * DAY_MS)
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}
