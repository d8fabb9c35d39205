import type { AccountId } from '../domain/account-status.js'
import type { MerchantRule, MerchantRuleByName } from '../domain/merchant-rule.js'
import { type Centavos, centavos } from '../domain/money.js'
import { timeBudget } from './budget.js'
import type { Clock } from './clock.js'
import { type CreditOptions, creditAccount } from './credit-account.js'
import { openAccount } from './open-account.js'

/** The example accounts of the README. Each wallet of the challenge's profile holds the given balance. */
export const exampleAccounts: readonly { readonly id: AccountId; readonly balance: Centavos }[] = [
  { id: '6712b3eb3ec7354864d4274f', balance: centavos(1200n) },
  { id: '6712b3eb3ec7354864d42750', balance: centavos(2400n) },
]

/** The example merchant rules of the README. */
export const exampleRules: readonly MerchantRuleByName[] = [
  { id: 'uber-trip', match: 'EXACT', name: 'UBER TRIP', mcc: '5411' },
  { id: 'uber-eats', match: 'EXACT', name: 'UBER EATS', mcc: '5412' },
  { id: 'pag-jose-da-silva', match: 'EXACT', name: 'PAG*JoseDaSilva', mcc: '5811' },
  { id: 'picpay-bilhete-unico', match: 'EXACT', name: 'PICPAY*BILHETEUNICO', mcc: '5812' },
]

const wallets = ['FOOD', 'MEAL', 'CASH'] as const
const STEP_MS_MAX = 5_000

export type SeedOptions = CreditOptions & {
  readonly clock: Clock
  /** Adds the missing rules, and leaves the existing ones as they are. */
  readonly addRules: (rules: readonly MerchantRule[]) => Promise<void>
}

/** Creates the example accounts and rules. The transaction ids are fixed, so a repetition changes nothing. */
export async function seedExamples(options: SeedOptions): Promise<void> {
  const { engine, clock, addRules } = options
  await addRules(exampleRules)
  for (const { id, balance } of exampleAccounts) {
    const opening = { transactionId: 'seed:open', subject: 'seed' }
    await openAccount(engine, id, opening, timeBudget(STEP_MS_MAX, clock))
    for (const wallet of wallets) {
      const credit = { transactionId: `seed:${wallet}`, wallet, amount: balance }
      await creditAccount(options, id, credit, timeBudget(STEP_MS_MAX, clock))
    }
  }
}
