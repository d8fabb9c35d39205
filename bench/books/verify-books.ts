import type { Db } from 'mongodb'
import { type AuditStore, type Stored, Verify, type VerifySummary } from '../../src/application/verify.js'
import type { Account } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import type { Discrepancy } from '../../src/domain/discrepancy.js'
import type { Entry } from '../../src/domain/entry.js'
import { MongoAuditStore } from '../../src/storage/account/mongo-audit-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'

/** What `verify` has found. */
export type Verified = VerifySummary & {
  /** One sentence, if anything is wrong. */
  readonly damageFound: readonly string[]
}

/** Runs the service's own `verify`: over everything, or over some accounts when all of them would take too long. */
export async function verifyBooks(db: Db, sample?: readonly AccountId[]): Promise<Verified> {
  const whole = new MongoAuditStore(db)
  let first: Discrepancy | undefined
  const summary = await new Verify({
    store: sample ? new SampleOf(whole, sample) : whole,
    ledger: new MongoLedger(db),
    repair: false,
    onDiscrepancy: (discrepancy) => {
      first ??= discrepancy
    },
    onProgress: () => {},
  }).run()
  const what = first && `${first.accountId} ${first.kind}: ${first.detail}`
  return {
    ...summary,
    damageFound:
      what === undefined ? [] : [`verify found ${summary.discrepancies} discrepancies, the first: ${what}`],
  }
}

/** Some of the accounts, as if there were no others. */
class SampleOf implements AuditStore {
  readonly #whole: AuditStore
  /** Falling, as `verify` reads them. */
  readonly #ids: readonly AccountId[]

  constructor(whole: AuditStore, ids: readonly AccountId[]) {
    this.#whole = whole
    this.#ids = [...new Set(ids)].sort().reverse()
  }

  async *accounts(): AsyncGenerator<Stored<Account>> {
    for (const id of this.#ids) {
      const { account } = await this.#whole.account(id)
      yield account ?? { accountId: id, problem: 'there is no such account' }
    }
  }

  async *entries(): AsyncGenerator<Stored<Entry>> {
    for (const id of this.#ids) yield* (await this.#whole.account(id)).entries
  }

  account(id: AccountId) {
    return this.#whole.account(id)
  }
}
