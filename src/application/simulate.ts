import type { AccountId } from '../domain/account-status.js'
import type { Calendar } from '../domain/calendar.js'
import type { Catalog } from '../domain/catalog.js'
import { evaluate, type Purchase } from '../domain/decide.js'
import type { AuthorizationEntry } from '../domain/entry.js'
import { invariant } from '../domain/invariant.js'
import { HOLDS_MAX } from '../domain/open-hold.js'
import { type Trace, traceOf } from '../domain/trace.js'
import type { Verdict } from '../domain/verdict.js'
import type { AccountStore } from './account-store.js'
import { readSetOf } from './authorize.js'
import type { Budget } from './budget.js'
import type { Clock } from './clock.js'
import { expireDue } from './engine/expire-due.js'
import { historyOf, readHistories } from './engine/history.js'
import { UndecidedError } from './errors.js'
import type { Ledger } from './ledger.js'
import { Places } from './places.js'

/** Most simulations in progress. */
const SIMULATIONS_MAX = 8
/** Most simulations that wait for the end of one of these. */
const WAITING_MAX = 1_000

/** The decision that a purchase would get, and its explanation. */
export type Simulation = { readonly verdict: Verdict<AuthorizationEntry>; readonly trace: Trace }

/** Simulates the decision on a purchase at this moment. */
export type Simulate = Simulator['simulate']

export type SimulatorOptions = {
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly clock: Clock
  /** Returns the catalog to decide by. Throws UndecidedError UNAVAILABLE while there is none. */
  readonly catalog: () => Catalog
  /** The calendar of the daily and monthly limits. */
  readonly calendar: Calendar
}

/**
 * Decides purchases as the engine would at this moment, and records nothing. Until the account changes,
 * authorizing the purchase gives the same answer.
 */
export class Simulator {
  readonly #options: SimulatorOptions
  readonly #places = new Places(SIMULATIONS_MAX, WAITING_MAX)

  constructor(options: SimulatorOptions) {
    this.#options = options
  }

  /**
   * Simulates one purchase.
   *
   * @throws UndecidedError when it could not be decided. The simulator does not retry: nothing depends on
   * the result.
   */
  async simulate(accountId: AccountId, purchase: Purchase, budget: Budget): Promise<Simulation> {
    return await this.#places.run(async () => {
      if (budget.remainingMs() <= 0) throw new UndecidedError('NO_TIME_LEFT', 'no time left for a simulation')
      return await this.#decide(accountId, purchase)
    })
  }

  async #decide(accountId: AccountId, purchase: Purchase): Promise<Simulation> {
    const { clock, catalog, calendar } = this.#options
    const dueAt = clock.now()
    const { accounts, past } = await readHistories(
      this.#options,
      [{ accountId, asks: [readSetOf(purchase)] }],
      dueAt,
    )
    const [stored] = accounts
    invariant(stored !== undefined, 'every simulated purchase has its account')
    const account = expireDue(stored, dueAt, HOLDS_MAX)
    const at = clock.now()
    const rules = catalog()
    const decision = evaluate(historyOf(account, past), purchase, rules, at, calendar)
    const trace = traceOf(decision, { account, purchase, catalog: rules, day: calendar(at) })
    return { verdict: decision.verdict, trace }
  }
}
