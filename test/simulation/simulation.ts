import type { AccountChange } from '../../src/application/account-store.js'
import type { Budget } from '../../src/application/budget.js'
import type { Indecision } from '../../src/application/errors.js'
import type { Account } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import type { Entry } from '../../src/domain/entry.js'
import { centavos } from '../../src/domain/money.js'
import { Random } from '../../tools/random.js'
import type { Subject } from '../support/engine-sources.js'
import { AccountBook, verdictText } from './account-book.js'
import { Coverage } from './coverage.js'
import type { Mistakes } from './mistake.js'
import { type AnyVerdict, idOf, type Operation, operationText } from './operation.js'
import type { AccountPlan, Deed, Disturbance, Plan } from './plan.js'
import { prehistoryOf } from './prehistory.js'
import type { Client, Network } from './remote-store.js'
import { ReplicaSet } from './replica-set.js'
import { calmed } from './settings.js'
import { SimulatedProcess } from './simulated-process.js'
import { VirtualTime } from './virtual-time.js'
import { type Attempt, Witness } from './witness.js'

export type SimulationOptions = {
  readonly plan: Plan
  readonly subject: Subject
  readonly mistakes?: Mistakes
  /** Called with every event, line by line. */
  readonly onLine?: (line: string) => void
}

/** The result of one history. */
export type Outcome = {
  /** The violation; absent without one. */
  readonly violation: string | undefined
  /** Equal for the same plan, unless an event does not follow from the plan. */
  readonly hash: number
  readonly steps: number
  readonly coverage: Coverage
}

/** One unanswered attempt at a process. */
type OpenAttempt = Attempt & {
  readonly process: SimulatedProcess
  readonly budget: Budget
  /** The earliest time that the process's clock has shown since, which may jump. */
  earliest: Date
}

const answers = {
  RECORD: 'answers: decided now',
  REPLAY: 'answers: decided before',
  REUSED: 'answers: the id is another one’s',
  REJECTED: 'answers: rejected, nothing recorded',
} as const satisfies Record<AnyVerdict['type'], string>

const indecisions = {
  UNAVAILABLE: 'no answer: the store is away',
  OVERLOADED: 'no answer: too many wait',
  NO_TIME_LEFT: 'no answer: no time left',
} as const satisfies Record<Indecision, string>

/** Longest history, in steps. A longer one never settles. */
const STEPS_MAX = 200_000
/** Time after which the poster surely offers again an entry that the ledger has rejected, in microseconds. */
const STUCK_US = 6_000_000
/** Longest pause of a caller before the next attempt, in microseconds. */
const CALLER_PAUSE_US = 50_000
/** Most sweeps of a process at the end, and the pause between two of them, in microseconds. */
const LAST_SWEEPS_MAX = 20
const LAST_SWEEP_PAUSE_US = 1_000_000
/** Time in which all holds of the simulation become due, in milliseconds. */
const ALL_DUE_MS = 32 * 86_400_000
/** Largest offset of a clock, in milliseconds. */
const CLOCK_OFF_MS = 5_400_000

/**
 * One history: callers, processes and a replica set, in virtual time. Only `step` makes events happen, and
 * the plan determines them.
 *
 * After the deeds, the sweeps and the disturbances, the faults end, every account is touched once more, every
 * process sweeps until it finds no due hold, and after a pause the books are checked.
 */
export class Simulation {
  readonly #options: SimulationOptions
  readonly #time = new VirtualTime()
  readonly #random: Random
  readonly #coverage = new Coverage()
  readonly #witness = new Witness(this.#coverage)
  readonly #replicas: ReplicaSet
  readonly #net: Network
  readonly #processes: SimulatedProcess[] = []
  readonly #attempts = new Set<OpenAttempt>()
  #started = 0
  #steps = 0
  #hash = 0x811c9dc5
  #lastSweeps = 0
  #phase: 'ROUGH' | 'CALM' | 'CALM_AGAIN' = 'ROUGH'

  constructor(options: SimulationOptions) {
    const { plan, subject, mistakes = {} } = options
    this.#options = options
    this.#random = new Random(plan.seed ^ 0x5eed)
    const { settings, accounts } = plan
    const [time, random] = [this.#time, this.#random]
    const { replicationUs } = settings
    this.#replicas = new ReplicaSet({ time, random, listener: this.#witness, replicationUs, mistakes })
    const unavailables = new Map<string, InstanceType<Subject['errors']['UndecidedError']>>()
    this.#net = {
      time,
      random,
      mistakes,
      settings,
      replicas: this.#replicas,
      coverage: this.#coverage,
      isLedgerAway: false,
      unavailable: (why) => {
        const known = unavailables.get(why) ?? new subject.errors.UndecidedError('UNAVAILABLE', why)
        unavailables.set(why, known)
        return known
      },
      tell: (line) => this.#tell(line),
      onCommit: (client, changes) => this.#checkTime(client, changes),
    }
    this.#witness.watch(this.#replicas, accounts.map(bookOf))
    for (const account of accounts) this.#put(account)
    for (let index = 0; index < settings.processes; index++) this.#start(index)
    for (const deed of plan.deeds)
      for (const at of deed.at) this.#time.after(deed.atUs, () => this.#ask(deed, at, 1))
    for (const { atUs, at } of plan.sweeps)
      this.#time.after(atUs, () =>
        this.#sweep(at.map((index) => this.#processes[index % settings.processes])),
      )
    for (const one of plan.disturbances) this.#time.after(one.atUs, () => this.#disturb(one))
  }

  /** Executes one event and its immediate consequences; false at the end. */
  step(): boolean {
    for (;;) {
      if (this.#witness.violation !== undefined) return false
      const event = this.#time.next()
      if (!event) return this.#rest()
      this.#steps += 1
      this.#mix(event.atUs)
      this.#mix(event.order)
      this.#mix(this.#replicas.documents.length)
      if (this.#steps > STEPS_MAX) this.#witness.accuse(`it does not come to rest within ${STEPS_MAX} steps`)
      if (!event.quiet) return true
    }
  }

  get outcome(): Outcome {
    const { violation } = this.#witness
    return { violation, hash: this.#hash >>> 0, steps: this.#steps, coverage: this.#coverage }
  }

  /** Called when no event is left. Returns whether it has added one. */
  #rest(): boolean {
    this.#checkRest()
    if (this.#phase === 'ROUGH') return this.#calmDown()
    if (this.#sweepAgain()) return true
    const behind = this.#processes.filter(({ isAlive, poster }) => isAlive && poster.unposted > 0)
    if (behind.length > 0 && this.#phase === 'CALM') return this.#touchAgain()
    for (const { name, poster } of behind)
      this.#witness.accuse(`${name} never posts ${poster.unposted} entries`)
    for (const process of this.#processes) this.#witness.swept(process)
    if (this.#witness.violation === undefined) this.#witness.finish()
    return false
  }

  /** Nobody waits when no event is left. */
  #checkRest(): void {
    for (const { process, operation } of this.#attempts)
      if (process.isAlive)
        this.#witness.accuse(`${operationText(operation)} is never answered by ${process.name}`)
    for (const { isAlive, isSweeping, name, engine } of this.#processes) {
      if (!isAlive) continue
      if (engine.waiting > 0) this.#witness.accuse(`${engine.waiting} requests wait in ${name} forever`)
      if (isSweeping) this.#witness.accuse(`a sweep of ${name} never ends`)
    }
  }

  /** Ends all faults. Each process that then touches an account posts the rest of its journal. */
  #calmDown(): boolean {
    this.#phase = 'CALM'
    this.#tell(() => 'the weather calms down')
    this.#net.settings = calmed(this.#net.settings)
    if (this.#random.chance(0.3)) for (const process of this.#processes) process.isAlive = false
    for (const [index, { isAlive, isOpen }] of this.#processes.entries())
      if (!isAlive || !isOpen) this.#start(index)
    // The holds that last for days become due for one process, or for all of them.
    if (this.#random.chance(0.5))
      for (const process of this.#processes) if (this.#random.chance(0.7)) process.turnClock(ALL_DUE_MS)
    this.#touchAll('touch', 1)
    this.#sweep(this.#processes)
    return true
  }

  /** The sweeps leave out accounts that meet a full queue, or a full journal. */
  #sweepAgain(): boolean {
    const overdue = this.#processes.filter(({ sweeper }) => sweeper.oldestOverdueMs > 0)
    if (overdue.length === 0 || this.#lastSweeps === LAST_SWEEPS_MAX) return false
    this.#lastSweeps += 1
    this.#time.after(LAST_SWEEP_PAUSE_US, () => this.#sweep(overdue))
    return true
  }

  /** The poster offers rejected entries again, but not at once. */
  #touchAgain(): boolean {
    this.#phase = 'CALM_AGAIN'
    // Each process may have entries to post that no other process knows.
    this.#time.after(STUCK_US, () => this.#touchAll('touch-again', this.#processes.length))
    return true
  }

  /** Sends an operation on every account to each of the first so many processes. */
  #touchAll(transactionId: string, processes: number): void {
    for (const { id } of this.#options.plan.accounts) {
      const operation = touchOf(id, transactionId)
      for (let at = 0; at < processes; at++) {
        const deed = { atUs: 0, operation, at: [at], patienceMs: 10_000, attemptsMax: 50 }
        this.#time.after(1, () => this.#ask(deed, at, 1))
      }
    }
  }

  #put({ id, prehistory, journal, posted }: AccountPlan): void {
    const { account, entries } = prehistoryOf(id, prehistory)
    if (entries.length === 0) return
    const kept = entries.slice(entries.length - journal)
    this.#replicas.put({ account: { ...account, journal: kept }, ledger: entries.slice(0, posted) })
  }

  #start(index: number): void {
    this.#started += 1
    const name = `P${index + 1}.${this.#started}`
    this.#processes[index] = new SimulatedProcess({
      name,
      subject: this.#options.subject,
      net: this.#net,
      random: this.#random.fork(),
      accuse: (what) => this.#witness.accuse(what),
    })
    this.#tell(() => `${name} starts`)
    this.#sweep([this.#processes[index]])
  }

  /** Lets processes expire the due holds of all accounts, at once. */
  #sweep(processes: readonly (SimulatedProcess | undefined)[]): void {
    for (const process of processes) {
      if (!process?.isAlive || !process.isOpen || !process.sweep()) continue
      this.#coverage.count('sweeps')
      this.#tell(() => `${process.name} sweeps`)
    }
  }

  /** One attempt of a caller. Without an answer another attempt follows, at any process. */
  #ask(deed: Deed, at: number, number: number): void {
    const { operation, patienceMs } = deed
    const process = this.#processes[at % this.#processes.length]
    if (!process?.isAlive || !process.isOpen) {
      this.#askAgain(deed, number, 'nobody is there')
      return
    }
    const { timeBudget } = this.#options.subject.budget
    const budget = timeBudget(patienceMs, process.clock)
    const oldestPlace = this.#replicas.readPlace(process.view)
    const earliest = process.clock.now()
    const attempt: OpenAttempt = { operation, oldestPlace, process, budget, earliest }
    this.#attempts.add(attempt)
    this.#witness.asked(attempt)
    this.#coverage.count('attempts')
    this.#tell(() => `${process.name} is asked: ${operationText(operation)}, within ${patienceMs} ms`)

    let isOver = false
    const giveUp = this.#time.after(patienceMs * 1_000 + 1_000, () => {
      isOver = true
      this.#askAgain(deed, number, 'the answer has not come')
    })
    const end = (): boolean => {
      giveUp.act = undefined
      this.#attempts.delete(attempt)
      return !isOver && process.isAlive
    }
    process.perform(operation, budget).then(
      (verdict) => {
        end()
        this.#answered(attempt, verdict)
      },
      (error: unknown) => {
        this.#failed(attempt, error)
        if (end()) this.#askAgain(deed, number, String(error))
      },
    )
  }

  #askAgain(deed: Deed, number: number, why: string): void {
    if (number >= deed.attemptsMax) {
      this.#coverage.count('requests given up')
      this.#tell(() => `the caller gives up ${idOf(deed.operation)}: ${why}`)
      return
    }
    const at = this.#random.below(this.#processes.length)
    this.#time.after(this.#random.below(CALLER_PAUSE_US), () => this.#ask(deed, at, number + 1))
  }

  #answered(attempt: OpenAttempt, verdict: AnyVerdict): void {
    const { process, operation } = attempt
    this.#coverage.count(answers[verdict.type])
    this.#tell(() => `${process.name} answers ${idOf(operation)}: ${verdictText(verdict)}`)
    this.#witness.answered(attempt, verdict)
  }

  #failed({ process, operation }: OpenAttempt, error: unknown): void {
    const { UndecidedError } = this.#options.subject.errors
    this.#tell(() => `${process.name} does not decide ${idOf(operation)}: ${String(error)}`)
    if (error instanceof UndecidedError) this.#coverage.count(indecisions[error.indecision])
    else this.#witness.accuse(`${operationText(operation)} fails with a bug: ${String(error)}`)
  }

  /** A commit that is sent after its caller has given up is a late approval. No entry is of the future. */
  #checkTime(client: Client, changes: readonly AccountChange[]): void {
    for (const { before, after } of changes) {
      const expired = new Set<string>()
      const made = after.journal.filter(({ seq }) => seq > before.version)
      if (made.every(({ kind }) => kind === 'EXPIRY')) this.#coverage.count('commits of a sweep')
      for (const entry of made) {
        if (client instanceof SimulatedProcess && entry.at > client.latest)
          this.#witness.accuse(
            `${client.name} commits ${entry.transactionId} before ${entry.at.toISOString()}`,
          )
        if (entry.kind === 'EXPIRY') expired.add(entry.originalId)
        else
          this.#checkEntry(
            client,
            entry,
            before.holds.filter(({ id }) => !expired.has(id)),
          )
      }
    }
  }

  /** A caller waits for the entry, and no hold was due when the caller asked. */
  #checkEntry(client: Client, { accountId, transactionId }: Entry, holds: Account['holds']): void {
    const askers = this.#askersOf(client, accountId, transactionId)
    if (!askers.some(({ budget }) => budget.remainingMs() > 0))
      this.#witness.accuse(`${client.name} commits ${transactionId} when nobody waits for it any more`)
    const due = holds.find(({ expiresAt }) => askers.every(({ earliest }) => expiresAt <= earliest))
    if (due) this.#witness.accuse(`${client.name} commits ${transactionId} before the expiry of ${due.id}`)
  }

  #askersOf(client: Client, accountId: AccountId, transactionId: string): readonly OpenAttempt[] {
    return [...this.#attempts].filter(
      ({ process, operation }) =>
        process === client && operation.accountId === accountId && idOf(operation) === transactionId,
    )
  }

  /** Sets a process's clock to another time. */
  #turnClock(process: SimulatedProcess): void {
    process.turnClock(this.#random.below(2 * CLOCK_OFF_MS) - CLOCK_OFF_MS)
    const now = process.clock.now()
    for (const attempt of this.#attempts)
      if (attempt.process === process && now < attempt.earliest) attempt.earliest = now
  }

  #disturb({ kind, durationUs, process: index }: Disturbance): void {
    const process = this.#processes[index]
    this.#coverage.count(`disturbances: ${kind.toLowerCase()}`)
    this.#tell(() => `${kind} (${process?.name}, ${durationUs / 1_000} ms)`)
    const happen: Readonly<Record<Disturbance['kind'], () => void>> = {
      CRASH: () => this.#crash(index, durationUs),
      RESTART: () => this.#restart(index),
      FAILOVER: () => this.#failOver(durationUs),
      PARTITION: () => this.#partition(durationUs),
      AWAY: () => this.#replicas.goAway(durationUs),
      LEDGER_AWAY: () => this.#loseLedger(durationUs),
      LAG: () => this.#replicas.holdReplication(durationUs),
      CLOCK: () => process && this.#turnClock(process),
      CATALOG: () => process?.changeCatalog(),
    }
    happen[kind]()
  }

  #loseLedger(durationUs: number): void {
    this.#net.isLedgerAway = true
    this.#time.quietlyAfter(durationUs, () => {
      this.#net.isLedgerAway = false
    })
  }

  #crash(index: number, durationUs: number): void {
    const process = this.#processes[index]
    if (!process?.isAlive) return
    process.isAlive = false
    for (const attempt of this.#attempts) if (attempt.process === process) this.#attempts.delete(attempt)
    this.#time.after(durationUs, () => {
      if (this.#processes[index] === process) this.#start(index)
    })
  }

  #restart(index: number): void {
    const process = this.#processes[index]
    if (!process?.isAlive || !process.isOpen) return
    process.isOpen = false
    process.sweeper.stop()
    const drained = process.engine.drain().then(() => process.poster.drain(1_000))
    drained.then(
      () => {
        if (!process.isAlive) return
        process.isAlive = false
        this.#start(index)
      },
      (error: unknown) => this.#witness.accuse(`${process.name} cannot end: ${String(error)}`),
    )
  }

  #failOver(durationUs: number): void {
    this.#replicas.failOver(durationUs)
    const place = Math.min(this.#replicas.readPlace('PRIMARY'), this.#replicas.readPlace('FORMER'))
    for (const attempt of this.#attempts) attempt.oldestPlace = Math.min(attempt.oldestPlace, place)
  }

  /** For a while some processes do not notice the election. */
  #partition(durationUs: number): void {
    this.#failOver(Math.min(durationUs, 20_000))
    for (const process of this.#processes) {
      if (this.#random.chance(0.5)) continue
      process.view = 'FORMER'
      this.#time.quietlyAfter(durationUs, () => {
        process.view = 'PRIMARY'
      })
    }
  }

  #tell(line: () => string): void {
    this.#options.onLine?.(`${(this.#time.nowUs / 1_000).toFixed(3).padStart(10)} ms  ${line()}`)
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x01000193)
  }
}

function bookOf({ id, prehistory }: AccountPlan): AccountBook {
  return new AccountBook(prehistoryOf(id, prehistory))
}

function touchOf(accountId: AccountId, transactionId: string): Operation {
  const content = { transactionId, amount: centavos(1n), mcc: '9999', merchant: 'PADARIA' }
  return { accountId, kind: 'BUY', content }
}
