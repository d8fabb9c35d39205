import type { AccountStore } from '../../src/application/account-store.js'
import type { Budget } from '../../src/application/budget.js'
import type { Clock } from '../../src/application/clock.js'
import type { Engine } from '../../src/application/engine/engine.js'
import type { LedgerPoster } from '../../src/application/engine/ledger-poster.js'
import type { Timers } from '../../src/application/engine/timers.js'
import type { HoldSweeper } from '../../src/application/expire-holds.js'
import type { Ledger } from '../../src/application/ledger.js'
import type { Catalog } from '../../src/domain/catalog.js'
import type { Random } from '../../tools/random.js'
import type { Subject } from '../support/engine-sources.js'
import { type AnyVerdict, calendar, catalogs, entryText, type Operation } from './operation.js'
import { PREHISTORY_AT } from './prehistory.js'
import { type Client, type Network, RemoteStore } from './remote-store.js'
import type { View } from './replica-set.js'

export type SimulatedProcessOptions = {
  readonly name: string
  readonly subject: Subject
  readonly net: Network
  /** Random numbers of its own: its draws do not depend on those of others. */
  readonly random: Random
  /** Called with a violation. */
  readonly accuse: (what: string) => void
}

/** One process of the service: an engine, a poster, a sweeper and clocks. Nothing outlives it. */
export class SimulatedProcess implements Client {
  readonly name: string
  readonly engine: Engine
  readonly poster: LedgerPoster
  readonly sweeper: HoldSweeper
  readonly clock: Clock
  isAlive = true
  /** Whether it accepts requests. */
  isOpen = true
  view: View = 'PRIMARY'
  isSweeping = false
  /** The time by its clock when its latest sweep began. */
  sweptAt = new Date(0)
  readonly #subject: Subject
  #catalog: Catalog = catalogs[0]
  /** Offset of its wall clock, in milliseconds. */
  #offMs = 0
  #latest = new Date(0)

  constructor({ name, subject, net, random, accuse }: SimulatedProcessOptions) {
    this.name = name
    this.#subject = subject
    const { time, coverage, mistakes } = net
    this.clock = {
      now: () => new Date(PREHISTORY_AT.getTime() + Math.floor(time.nowUs / 1_000) + this.#offMs),
      monotonicMs: () => time.nowUs / 1_000,
    }
    const timers: Timers = {
      after: (durationMs, callBack) => {
        const event = time.after(Math.round(durationMs * 1_000), callBack, this)
        return () => {
          event.act = undefined
        }
      },
    }
    const chance = () => random.below(1_000_000) / 1_000_000
    const store = new RemoteStore(net, this)
    const { accounts, ledger } = mistakes.between?.({ accounts: store, ledger: store }) ?? portsOf(store)
    const { queueMax, waitMsMax, gatherMsMax } = net.settings
    this.poster = new subject.poster.LedgerPoster({
      ledger,
      gatherMsMax,
      clock: this.clock,
      timers,
      random: chance,
      onFailure: () => coverage.count('posting failed'),
      onDiscrepancy: (entry) => {
        // A new primary may not know yet that a majority has the entry. The poster offers it again.
        if (net.replicas.isNew) coverage.count('entries taken for rejected right after an election')
        else accuse(`${name} takes ${entryText(entry)} for rejected by the ledger`)
      },
    })
    const options = {
      accounts,
      ledger,
      poster: this.poster,
      clock: this.clock,
      timers,
      random: chance,
      queueMax,
      waitMsMax,
    }
    this.engine = new subject.engine.Engine(options)
    this.sweeper = new subject.expireHolds.HoldSweeper({
      dueAccounts: store,
      engine: this.engine,
      clock: this.clock,
      turns: { turn: () => Promise.resolve() },
      timers,
      onFailure: (error) => {
        if (error instanceof subject.errors.UndecidedError) coverage.count('sweeps that failed')
        else accuse(`${name} sweeps with a bug: ${String(error)}`)
      },
    })
  }

  /** The latest time that its wall clock has shown. */
  get latest(): Date {
    return new Date(Math.max(this.clock.now().getTime(), this.#latest.getTime()))
  }

  /** Visits all accounts with due holds, unless it does so already. Returns whether it begins. */
  sweep(): boolean {
    if (this.isSweeping) return false
    this.isSweeping = true
    this.sweptAt = this.clock.now()
    void this.sweeper.sweep().then(() => {
      this.isSweeping = false
    })
    return true
  }

  /** Sets the offset of its wall clock. */
  turnClock(offMs: number): void {
    this.#latest = this.latest
    this.#offMs = offMs
  }

  changeCatalog(): void {
    this.#catalog = this.#catalog === catalogs[0] ? catalogs[1] : catalogs[0]
  }

  perform({ accountId, kind, content }: Operation, budget: Budget): Promise<AnyVerdict> {
    const { engine } = this
    const catalog = () => this.#catalog
    const { authorize, reverse, cardRail, credit, status, limits, open } = this.#subject
    switch (kind) {
      case 'BUY':
        return authorize.authorize({ engine, catalog, calendar }, accountId, content, budget)
      case 'REVERSE':
        return reverse.reverse(engine, accountId, content, budget)
      case 'INCREMENT':
        return cardRail.cardRail({ engine, catalog, calendar }).increment(accountId, content, budget)
      case 'CAPTURE':
        return cardRail.cardRail({ engine, catalog, calendar }).capture(accountId, content, budget)
      case 'ADVISE':
        return cardRail.cardRail({ engine, catalog, calendar }).advise(accountId, content, budget)
      case 'REFUND':
        return cardRail.cardRail({ engine, catalog, calendar }).refund(accountId, content, budget)
      case 'CREDIT':
        return credit.creditAccount({ engine, catalog }, accountId, content, budget)
      case 'STATUS':
        return status.changeStatus(engine, accountId, content, budget)
      case 'LIMITS':
        return limits.changeLimits(engine, accountId, content, budget)
      case 'OPEN':
        return open.openAccount(engine, accountId, content, budget)
    }
  }
}

function portsOf(store: RemoteStore): { readonly accounts: AccountStore; readonly ledger: Ledger } {
  return { accounts: store, ledger: store }
}
