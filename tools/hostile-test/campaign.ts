import { join } from 'node:path'
import { runJsonProgram } from '../../bench/session/json-program.js'
import { memoryFolder } from '../../bench/session/memory-folder.js'
import { signToken } from '../../test/support/token.js'
import { Database } from '../crash-test/database.js'
import { Problems } from '../crash-test/problems.js'
import { Services } from '../crash-test/services.js'
import { campaignFolder, leaveFolder } from '../crash-test/trial.js'
import { until } from '../crash-test/until.js'
import { verifyBooks } from '../crash-test/verification.js'
import { methods } from '../crash-test/wire-client.js'
import type { AttackJob, AttackResult } from './job.js'
import { Neighbour, type NeighbourFigures } from './neighbour.js'
import { type Phase, phases, seedOf } from './plan.js'
import { HOSTILE_ACCOUNTS, hostileAccountId } from './random-message.js'
import { type Peak, usedBy, Watch } from './watch.js'

/** Entries of the account whose long pages are asked for. */
const LONG_HISTORY = 1_100
const CALL_MS_MAX = 10_000
/** Time until what an attack has left behind must be gone, in milliseconds: a connection that nobody keeps alive is noticed after 80 s. */
const TIDY_MS_MAX = 120_000
/** Open files above those of a quiet service that are none too many. */
const DESCRIPTORS_SPARE = 40
/** Most memory that the service may have, in bytes, whatever it is sent: the limit in the manifests. */
const MEMORY_BYTES_MAX = 1024 * 1024 * 1024
/** How much slower the well-behaved caller's slowest of a hundred may become. */
const SLOWDOWN_MAX = 3

export type CampaignOptions = {
  readonly cases: number
  readonly casesPerSecond: number
  /** How long attacks that are no count of cases go on, in seconds. */
  readonly seconds: number
  /** Those to make; all when absent. */
  readonly attacks: readonly Phase[]
  readonly seed: number
  readonly signal: AbortSignal
}

/** What came of one attack. */
export type PhaseFigures = {
  readonly phase: Phase
  readonly result: AttackResult
  readonly neighbour: NeighbourFigures | undefined
  readonly peak: Peak
}

type Parts = { readonly folder: string; readonly database: Database; readonly problems: Problems }

/** One service, one well-behaved caller, and one attack after the other. */
export class Campaign {
  readonly folder: string
  readonly problems: Problems
  readonly #database: Database
  readonly #services: Services
  readonly #options: CampaignOptions
  readonly #token = signToken()
  #neighbour: Neighbour | undefined
  #watch: Watch | undefined

  /** Starts the database and the service. Nothing is left when that fails. */
  static async start(options: CampaignOptions): Promise<Campaign> {
    const problems = new Problems()
    const folder = await campaignFolder('hostile-test', memoryFolder())
    const onCrash = (detail: string) => problems.found({ kind: 'PROCESS', detail })
    const database = await Database.prepare({ folder: join(folder, 'data'), onCrash })
    const campaign = new Campaign(options, { folder, database, problems })
    try {
      await campaign.#begin()
      return campaign
    } catch (error) {
      await campaign.close({ keepFolder: false })
      throw error
    }
  }

  private constructor(options: CampaignOptions, { folder, database, problems }: Parts) {
    this.folder = folder
    this.problems = problems
    this.#database = database
    this.#options = options
    const logFile = join(folder, 'service.log')
    this.#services = new Services({ mongodbUri: database.uri, env: {}, count: 1, logFile, problems })
  }

  /** How the well-behaved caller fares while nobody attacks. */
  async quiet(): Promise<NeighbourFigures> {
    const endsAtMs = performance.now() + this.#options.seconds * 1_000
    const figures = await this.#buying(() => performance.now() >= endsAtMs)
    this.#complain('while it is quiet', figures)
    return figures
  }

  /** Makes one attack, and judges what came of it. */
  async attack(phase: Phase, quiet: NeighbourFigures): Promise<PhaseFigures> {
    const before = this.#used()
    this.#watch?.take()
    let isOver = false
    const attacking = this.#make(phase).finally(() => {
      isOver = true
    })
    const [result, neighbour] = await Promise.all([
      attacking,
      phase.beside ? this.#buying(() => isOver) : undefined,
    ])
    const figures = { phase, result, neighbour, peak: this.#peak() }
    this.#judge(figures, quiet)
    await this.#untilTidy(phase, before)
    return figures
  }

  /** Ends the service, and has the books verified. */
  async verify(): Promise<{ readonly accounts: number; readonly entries: number; readonly used: Peak }> {
    const used = this.#used()
    const { stderr } = this.#running().service
    if (stderr !== '')
      this.problems.found({ kind: 'PROCESS', detail: `on standard error: ${stderr.slice(0, 500)}` })
    await this.#services.stop()
    await verifyBooks(this.#database.uri, { repair: true, problems: this.problems })
    const { accounts, entries } = await verifyBooks(this.#database.uri, {
      repair: false,
      problems: this.problems,
    })
    return { accounts, entries, used }
  }

  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    this.#watch?.stop()
    await this.#services.stop()
    await this.#database.stop()
    await leaveFolder(this.folder, { keep: keepFolder, problems: this.problems })
  }

  async #begin(): Promise<void> {
    await this.#database.start()
    await this.#services.start()
    const { client, service } = this.#running()
    this.#watch = new Watch(service.pid)
    this.#neighbour = new Neighbour({ ...this.#target(), token: this.#token, signal: this.#options.signal })
    await this.#neighbour.prepare(client)
    for (let number = 0; number < HOSTILE_ACCOUNTS; number++) {
      const request = { account_id: hostileAccountId(number), request_id: 'open' }
      await client.call(methods.createAccount, request, CALL_MS_MAX)
    }
    for (let entry = 0; entry < LONG_HISTORY; entry++) {
      const request = {
        account_id: hostileAccountId(0),
        transaction_id: `long-${entry}`,
        category: 'FOOD',
        amount: '1',
      }
      await client.call(methods.credit, request, CALL_MS_MAX)
    }
  }

  async #make({ attack, share, pace = 1 }: Phase): Promise<AttackResult> {
    const { cases, casesPerSecond, seconds, seed, signal } = this.#options
    const durationMs = share === undefined ? seconds * 1_000 : 3_600_000
    const job: AttackJob = {
      attack,
      ...this.#target(),
      token: this.#token,
      seed: seedOf(attack, seed),
      cases: share === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(cases * share),
      durationMs,
      casesPerSecond: casesPerSecond * pace,
    }
    return await runJsonProgram<AttackResult>({
      script: 'tools/hostile-test/attacker.ts',
      flags: ['--import', 'tsx'],
      input: job,
      timeoutMs: durationMs + 120_000,
      signal,
    })
  }

  async #buying(isOver: () => boolean): Promise<NeighbourFigures> {
    if (!this.#neighbour) throw new Error('the campaign has begun')
    return await this.#neighbour.buy(isOver)
  }

  #judge({ phase, result, neighbour, peak }: PhaseFigures, quiet: NeighbourFigures): void {
    const { attack } = phase
    if (result.unexpected.count > 0) {
      const detail = `${attack}: ${result.unexpected.count} ended as none may: ${result.unexpected.first.join('; ')}`
      this.problems.found({ kind: 'RULE', detail })
    }
    if (peak.memoryBytes > MEMORY_BYTES_MAX) {
      this.problems.found({ kind: 'RULE', detail: `${attack}: ${peak.memoryBytes} bytes of memory` })
    }
    if (!neighbour) return
    this.#complain(attack, neighbour)
    const slowdown = neighbour.p99 / quiet.p99
    if (slowdown > SLOWDOWN_MAX) {
      this.problems.found({
        kind: 'RULE',
        detail: `${attack}: p99 of the well-behaved caller ${slowdown.toFixed(1)} times`,
      })
    }
  }

  #complain(when: string, { complaints }: NeighbourFigures): void {
    for (const complaint of complaints) {
      this.problems.found({ kind: 'RULE', detail: `${when}, the well-behaved caller: ${complaint}` })
    }
  }

  /** Waits until descriptors are what they were. */
  async #untilTidy({ attack }: Phase, before: Peak): Promise<void> {
    const endsAtMs = performance.now() + TIDY_MS_MAX
    await until(`${attack} has left nothing open`, () => {
      const { descriptors } = this.#used()
      if (descriptors <= before.descriptors + DESCRIPTORS_SPARE) return true
      if (performance.now() < endsAtMs) return false
      const detail = `${attack}: ${descriptors - before.descriptors} descriptors more than before`
      this.problems.found({ kind: 'RULE', detail })
      return true
    })
  }

  #target(): { readonly target: { readonly host: string; readonly port: number } } {
    const [host = '', port] = this.#running().service.grpcAddress.split(':')
    return { target: { host, port: Number(port) } }
  }

  #running() {
    const [running] = this.#services.all
    if (!running) throw new Error('the service does not run')
    return running
  }

  #used(): Peak {
    return usedBy(this.#running().service.pid)
  }

  #peak(): Peak {
    return this.#watch?.take() ?? this.#used()
  }
}

/** The attacks of these names, in the order of the plan. */
export function phasesNamed(names: readonly string[]): readonly Phase[] {
  const chosen = phases.filter(({ attack }) => names.includes(attack))
  if (chosen.length < names.length) {
    throw new Error(`attacks= lists some of ${phases.map(({ attack }) => attack).join(',')}`)
  }
  return chosen
}
