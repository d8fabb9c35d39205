import { setTimeout as delay } from 'node:timers/promises'
import type { LoadResult } from '../load/result.js'
import type { Plan } from '../plan/scenarios.js'
import type { Run, Scenario } from '../report/measurements.js'
import { type Session, tokenOf } from '../session/session.js'
import { BackOffice } from './back-office.js'
import { otherWork, prepare, type Workplace } from './other-work.js'

const BACK_OFFICE_SCOPES = 'accounts:credit accounts:read rules:read rules:write'
/** How long other work goes on before the purchases begin and after they have ended, in milliseconds. */
const MARGIN_MS = 1_000

/** Purchases alone: all others are compared with them. */
const quiet = { id: 'quiet', title: 'nothing else' } as const

type BesidePlan = NonNullable<Plan['beside']>

/** Purchases alone, and beside each other work. */
export function besideScenarios(plan: Plan, { ratePerSecond }: BesidePlan): readonly Scenario[] {
  return [quiet, ...otherWork].map(({ id, title }) => ({
    id: besideId(id),
    title,
    group: 'beside',
    mode: 'unary',
    load: { type: 'open', ratePerSecond },
    accounts: plan.accounts,
  }))
}

/** Purchases of a side, beside other work. */
export class MeasuresBeside {
  readonly #session: Session
  readonly #plan: Plan
  readonly #beside: BesidePlan
  readonly #place: Workplace

  constructor(options: { readonly session: Session; readonly plan: Plan; readonly beside: BesidePlan }) {
    const { session, plan, beside } = options
    this.#session = session
    this.#plan = plan
    this.#beside = beside
    const { warmupMs, durationMs } = beside.window
    const token = tokenOf('back-office', BACK_OFFICE_SCOPES)
    this.#place = {
      session,
      office: new BackOffice({ port: session.server.port, token }),
      plan,
      rules: beside.rules,
      durationMs: warmupMs + durationMs + 2 * MARGIN_MS,
    }
  }

  async prepare(): Promise<void> {
    await prepare(this.#place)
  }

  async run(scenario: Scenario): Promise<Pick<Run, 'result' | 'beside'>> {
    const work = otherWork.find(({ id }) => scenario.id === besideId(id))
    const ending = new AbortController()
    const startedAtMs = performance.now()
    const [units, [result, modest]] = await Promise.all([
      work?.run(this.#place, ending.signal),
      this.#callers().finally(() => ending.abort()),
    ])
    const seconds = (performance.now() - startedAtMs) / 1_000
    const other = work && units !== undefined && { unit: work.unit, perSecond: units / seconds }
    const { offered, rejected } = modest.measured
    return { result, beside: { ...(other && { other }), modest: { offered, rejected } } }
  }

  close(): void {
    this.#place.office.close()
  }

  async #callers(): Promise<readonly [LoadResult, LoadResult]> {
    const { ratePerSecond, modestRatePerSecond } = this.#beside
    await delay(MARGIN_MS)
    return await Promise.all([
      this.#purchases('switch', ratePerSecond),
      this.#purchases('modest', modestRatePerSecond),
    ])
  }

  async #purchases(subject: string, ratePerSecond: number): Promise<LoadResult> {
    const { inFlightMax } = this.#plan
    const shape = { type: 'open', ratePerSecond, inFlightMax, ...this.#beside.window } as const
    return await this.#session.load({ mode: 'unary', hotAccount: false, subject }, shape)
  }
}

function besideId(work: string): string {
  return `beside-${work}`
}
