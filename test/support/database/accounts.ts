import { randomUUID } from 'node:crypto'
import { timeBudget } from '../../../src/application/budget.js'
import { type CreditOptions, creditAccount } from '../../../src/application/credit-account.js'
import { openAccount } from '../../../src/application/open-account.js'
import { readDatabaseConfig } from '../../../src/config.js'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import { centavos } from '../../../src/domain/money.js'
import { type Core, type CoreOptions, createCore, systemClock } from '../../../src/service/core.js'
import { WAIT_MS_MAX } from '../eventually.js'

/** Balances in centavos, by wallet. */
export type Balances = Readonly<Record<string, bigint>>

const unexpected = (cause: unknown): void => {
  throw new Error('this was not to happen in a test', { cause })
}

/** The clock, and the receivers of background failures. */
type Callbacks = Partial<
  Pick<
    CoreOptions,
    'clock' | 'onPostingFailure' | 'onSweepFailure' | 'onCatalogFailure' | 'onCatalogUnwatched'
  >
>

/**
 * The engine on a database of the tests, ready to decide. A background failure fails the test run unless it
 * has a receiver.
 */
export async function openCore(
  mongodbUri: string,
  database: string,
  callbacks: Callbacks = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<Core> {
  const core = createCore({
    // Long enough for a slow machine: the tests check decisions, and send more at once than the machine can
    // handle.
    config: readDatabaseConfig({
      MONGODB_URI: mongodbUri,
      MONGODB_DATABASE: database,
      QUEUE_WAIT_MS: '60000',
      ...environment,
    }),
    mongodbUri,
    onPostingFailure: unexpected,
    onDiscrepancy: unexpected,
    onSweepFailure: unexpected,
    onCountFailure: unexpected,
    onCatalogFailure: unexpected,
    onCatalogUnwatched: unexpected,
    ...callbacks,
  })
  await core.prepare()
  return core
}

/** Time for any request of a test to the engine. */
export function testBudget() {
  return timeBudget(WAIT_MS_MAX, systemClock)
}

/** Opens an account with these balances and returns its id. */
export async function fundedAccount(
  core: CreditOptions,
  balances: Balances,
  accountId: string = randomUUID(),
): Promise<string> {
  await openAccount(core.engine, accountId, { transactionId: 'open', subject: 'test' }, testBudget())
  for (const [wallet, amount] of Object.entries(balances)) {
    const credit = { transactionId: `credit:${wallet}`, wallet, amount: centavos(amount) }
    await creditAccount(core, accountId, credit, testBudget())
  }
  return accountId
}

/** Blocks or closes an account as the engine does: by an entry. */
export async function changeStatus(
  { engine }: Core,
  accountId: string,
  status: AccountStatus,
): Promise<void> {
  const transactionId = `status:${status}`
  await engine.execute(
    {
      accountId,
      lane: 'BACK_OFFICE',
      transactionIds: [transactionId],
      decide: ({ account }, at) => {
        const seq = account.version + 1n
        return {
          type: 'RECORD',
          entry: {
            kind: 'ADMIN',
            action: 'STATUS',
            accountId,
            transactionId,
            seq,
            at,
            status,
            subject: 'test',
          },
        }
      },
    },
    testBudget(),
  )
}
