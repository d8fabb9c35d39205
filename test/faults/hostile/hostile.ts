import { join } from 'node:path'
import { runJsonProgram } from '../../../bench/session/json-program.js'
import { memoryFolder } from '../../../bench/session/memory-folder.js'
import { signToken } from '../../support/clients/token.js'
import { eventually } from '../../support/eventually.js'
import type { Campaign, Fault } from '../harness/campaign.js'
import { ReplicaSet } from '../harness/replica-set.js'
import { count, tableOf } from '../harness/report.js'
import { chosenFrom, type Plan, wholeNumber } from '../harness/run.js'
import { methods } from '../harness/wire-client.js'
import type { Attack, AttackJob, AttackResult } from './attack.js'
import { type AttackName, attackNames, attacks, seedOf } from './attacks/all.js'
import { Bystander, type BystanderFigures } from './bystander.js'
import { HOSTILE_ACCOUNT, HOSTILE_ACCOUNTS, hostileAccountId } from './random-message.js'
import { type Usage, Watch } from './watch.js'

const CASES = 1_000_000
/** Few enough to leave the service time for other callers. */
const CASES_PER_SECOND = 1_200
/** Duration of an attack that does not count cases. */
const SECONDS = 30
/** Longest time for the cases of one attack, in milliseconds. */
const CASES_MS_MAX = 3_600_000

/** Entries of the account whose long pages are read. */
const LONG_HISTORY = 1_100
const CALL_MS_MAX = 10_000
/** Additional open files that are allowed after an attack. */
const DESCRIPTORS_SPARE = 40
/** Memory limit of the service, in bytes: the limit in the manifests. */
const MEMORY_BYTES_MAX = 1024 * 1024 * 1024
/** Allowed factor on the bystander's 99th percentile. */
const SLOWDOWN_MAX = 3
/** Outcomes that are printed for one attack. */
const OUTCOMES_MAX = 6

export type HostileOptions = {
  readonly cases: number
  readonly casesPerSecond: number
  readonly seconds: number
  readonly attacks: readonly AttackName[]
  readonly seed: number
}

/** Makes every known attack on one service, one after another, beside a well-behaved caller. */
function hostile(options: HostileOptions): Fault<AttackName | 'QUIET'> {
  const { attacks: chosen } = options
  return {
    strikes: [
      ['QUIET', ...chosen.filter((name) => !changesCatalog(name)), 'QUIET', ...chosen.filter(changesCatalog)],
    ],
    isUnderLoad: false,
    services: { count: 1 },
    parent: memoryFolder(),
    prepare: async (campaign) => {
      const { folder, onCrash, problems } = campaign
      const database = await ReplicaSet.prepare({ folder: join(folder, 'data'), onCrash })
      let siege: Siege | undefined
      return {
        uri: database.uri,
        start: async () => {
          await database.start()
          await campaign.services.start()
          siege = new Siege(campaign, options)
          await siege.prepare()
        },
        strike: async (kind) => {
          if (kind === 'QUIET') await siege?.rest()
          else await siege?.attack(kind)
        },
        inspect: () => siege?.inspect(),
        close: async () => {
          siege?.stop()
          await database.stop()
        },
        report: ({ accounts, entries }) =>
          tableOf([
            ...(siege?.rows() ?? []),
            ['accounts; entries in the ledger', `${count(accounts)}; ${count(entries)}`],
            ['verify', problems.count('DAMAGE') === 0 ? 'clean' : 'damaged'],
            ['problems of any kind', count(problems.total)],
          ]),
      }
    },
  }
}

export function hostilePlan(): Plan {
  const options = {
    cases: wholeNumber('cases', CASES),
    casesPerSecond: wholeNumber('rate', CASES_PER_SECOND),
    seconds: wholeNumber('seconds', SECONDS),
    attacks: chosenFrom(attackNames, 'attacks'),
  }
  return {
    headline: `${count(options.cases)} cases, ${options.attacks.length} attacks`,
    strikes: 'attacks',
    repeats: 0,
    faults: (seed) => ({ hostile: hostile({ ...options, seed }) }),
  }
}

function changesCatalog(name: AttackName): boolean {
  const attack: Attack = attacks[name]
  return attack.changesCatalog === true
}

/** The attacks on a running service, and their verdicts. */
class Siege {
  readonly #campaign: Campaign
  readonly #options: HostileOptions
  readonly #watch: Watch
  readonly #bystander: Bystander
  readonly #access: Pick<AttackJob, 'target' | 'token'>
  #quiet: BystanderFigures | undefined
  #cases = 0
  #memoryBytes = 0
  #lastUsage: Usage | undefined

  constructor(campaign: Campaign, options: HostileOptions) {
    this.#campaign = campaign
    this.#options = options
    const [host = '', port] = this.#running.service.grpcAddress.split(':')
    this.#access = { target: { host, port: Number(port) }, token: signToken() }
    this.#watch = new Watch(this.#running.service.pid)
    this.#bystander = new Bystander({ ...this.#access, signal: campaign.signal })
  }

  /** Opens the accounts of the bystander and of the attacks. */
  async prepare(): Promise<void> {
    const { client } = this.#running
    await this.#bystander.prepare(client)
    for (let number = 0; number < HOSTILE_ACCOUNTS; number++) {
      const request = { account_id: hostileAccountId(number), request_id: 'open' }
      await client.must(methods.createAccount, request, CALL_MS_MAX)
    }
    const credit = { account_id: HOSTILE_ACCOUNT, category: 'FOOD', amount: '1' }
    for (let entry = 0; entry < LONG_HISTORY; entry++)
      await client.must(methods.credit, { ...credit, transaction_id: `long-${entry}` }, CALL_MS_MAX)
  }

  /** Measures the bystander without an attack: first for comparison, and again afterwards. */
  async rest(): Promise<void> {
    const endsAtMs = performance.now() + this.#options.seconds * 1_000
    const figures = await this.#bystander.buy(() => performance.now() >= endsAtMs)
    this.#complain('without an attack', figures)
    console.log(`${quietLine(figures)}${this.#quiet ? ', afterwards' : ''}`)
    this.#quiet ??= figures
  }

  /** Makes one attack, judges its result, and waits until the service has cleaned up. */
  async attack(name: AttackName): Promise<void> {
    const attack: Attack = attacks[name]
    const before = this.#watch.now
    this.#watch.take()
    let isOver = false
    const attacking = this.#run(name, attack).finally(() => {
      isOver = true
    })
    const [result, bystander] = await Promise.all([
      attacking,
      attack.changesCatalog ? undefined : this.#bystander.buy(() => isOver),
    ])
    const peak = this.#watch.take()
    this.#judge(name, { result, bystander, peak })
    this.#cases += attack.share === undefined ? 0 : result.cases
    this.#memoryBytes = Math.max(this.#memoryBytes, peak.memoryBytes)
    console.log(attackLines(attack.title, { result, bystander, peak }, this.#quiet))
    await this.#untilTidy(name, before)
  }

  /** Checks the state in which the attacks leave the service. */
  inspect(): void {
    this.#lastUsage = this.#watch.now
    const { stderr } = this.#running.service
    if (stderr === '') return
    const detail = `on standard error: ${stderr.slice(0, 500)}`
    this.#campaign.problems.found({ kind: 'PROCESS', detail })
  }

  rows(): readonly (readonly [string, string])[] {
    const memory = `${mib(this.#memoryBytes)}; ${mib(this.#lastUsage?.memoryBytes ?? 0)}`
    return [
      ['cases', count(this.#cases)],
      ['most memory of the service; in the end', memory],
    ]
  }

  stop(): void {
    this.#watch.stop()
  }

  async #run(name: AttackName, { share, pace = 1 }: Attack): Promise<AttackResult> {
    const { cases, casesPerSecond, seconds, seed } = this.#options
    const durationMs = share === undefined ? seconds * 1_000 : CASES_MS_MAX
    const job: AttackJob = {
      attack: name,
      ...this.#access,
      seed: seedOf(name, seed),
      cases: share === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(cases * share),
      durationMs,
      casesPerSecond: casesPerSecond * pace,
    }
    return await runJsonProgram<AttackResult>({
      script: 'test/faults/hostile/attacker.ts',
      flags: ['--import', 'tsx'],
      input: job,
      timeoutMs: durationMs + 120_000,
      signal: this.#campaign.signal,
    })
  }

  #judge(name: AttackName, { result, bystander, peak }: Figures): void {
    const { unexpected } = result
    if (unexpected.count > 0)
      this.#found(`${name}: ${unexpected.count} unexpected outcomes: ${unexpected.first.join('; ')}`)
    if (peak.memoryBytes > MEMORY_BYTES_MAX) this.#found(`${name}: ${peak.memoryBytes} bytes of memory`)
    if (!bystander || !this.#quiet) return
    this.#complain(name, bystander)
    const slowdown = bystander.p99 / this.#quiet.p99
    if (slowdown > SLOWDOWN_MAX) this.#found(`${name}: p99 of the bystander ${slowdown.toFixed(1)} times`)
  }

  #complain(when: string, { complaints }: BystanderFigures): void {
    for (const complaint of complaints) this.#found(`${when}, the bystander: ${complaint}`)
  }

  /** Waits until the service has closed everything that the attack opened. */
  async #untilTidy(name: AttackName, before: Usage): Promise<void> {
    const descriptorsMax = before.descriptors + DESCRIPTORS_SPARE
    const isTidy = () => this.#watch.now.descriptors <= descriptorsMax
    const tooMany = () =>
      `${name}: ${this.#watch.now.descriptors - before.descriptors} descriptors more than before`
    await eventually(`${name} has left nothing open`, isTidy).catch(() => this.#found(tooMany()))
  }

  #found(detail: string): void {
    this.#campaign.problems.found({ kind: 'RULE', detail })
  }

  get #running() {
    const [running] = this.#campaign.services.all
    if (!running) throw new Error('the service does not run')
    return running
  }
}

type Figures = {
  readonly result: AttackResult
  /** Undefined if the bystander did not run. */
  readonly bystander: BystanderFigures | undefined
  readonly peak: Usage
}

/** The result of one attack, in two lines. */
function attackLines(title: string, { result, bystander, peak }: Figures, quiet?: BystanderFigures): string {
  const times = bystander && quiet ? ` (${(bystander.p99 / quiet.p99).toFixed(1)} times)` : ''
  const beside = bystander ? `p99 beside it ${ms(bystander.p99)}${times}` : 'nobody beside it'
  const outcomes = Object.entries(result.outcomes)
  const printed = outcomes.slice(0, OUTCOMES_MAX).map(([outcome, number]) => `${outcome} ${count(number)}`)
  const more = outcomes.length > OUTCOMES_MAX ? `, ${outcomes.length - OUTCOMES_MAX} others` : ''
  const used = `${mib(peak.memoryBytes)}, ${peak.descriptors} files`
  return [
    `  ${title.padEnd(52)} ${count(result.cases).padStart(10)} | ${beside} | ${used}`,
    `  ${''.padEnd(52)} ${printed.join(', ')}${more}`,
  ].join('\n')
}

function quietLine({ p50, p99, max, purchases }: BystanderFigures): string {
  return `quiet: p50 ${ms(p50)}, p99 ${ms(p99)}, slowest ${ms(max)} of ${count(purchases)} purchases`
}

function ms(durationMs: number): string {
  return `${durationMs.toFixed(1)} ms`
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
