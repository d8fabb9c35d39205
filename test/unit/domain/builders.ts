import { exampleRules } from '../../../src/application/seed-examples.js'
import { type Account, type AccountHistory, unopenedAccount } from '../../../src/domain/account.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { decide, type Purchase } from '../../../src/domain/decide.js'
import {
  type AdminEntry,
  type AuthorizationEntry,
  type CreditEntry,
  type Entry,
  isFollowUp,
} from '../../../src/domain/entry.js'
import type {
  MerchantRuleByMerchantId,
  MerchantRuleByName,
  MerchantRuleByTaxId,
} from '../../../src/domain/merchant-rule.js'
import { centavos } from '../../../src/domain/money.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'

/** The default time of all decisions in these tests. */
export const at = new Date('2026-01-02T03:04:05.678Z')

/** The challenge's categories with the example rules. */
export const challengeCatalog = catalogOf(challengeCategories, exampleRules)

/** A merchant without an example rule, as DE43. */
export const padaria = 'PADARIA DO ZE               SAO PAULO BR'

/** An active account with these balances, in centavos. */
export function accountWith(wallets: Readonly<Record<string, bigint>>, over: Partial<Account> = {}): Account {
  const balances = Object.entries(wallets).map(([wallet, balance]) => [wallet, centavos(balance)] as const)
  return { ...unopenedAccount('account-1'), status: 'ACTIVE', wallets: new Map(balances), ...over }
}

/** The account with exactly these entries as its history. */
export function historyOf(account: Account, past: readonly Entry[] = []): AccountHistory {
  return {
    account,
    find: (transactionId) => past.find((entry) => entry.transactionId === transactionId),
    followUpsOf: (originalId) => past.filter(isFollowUp).filter((entry) => entry.originalId === originalId),
  }
}

/**
 * Decides a purchase on an account, by default one without a history, by the challenge's catalog, at {@link
 * at}.
 */
export function decideOn(
  on: Account | AccountHistory,
  purchase: Purchase,
  { catalog = challengeCatalog, now = at }: { readonly catalog?: Catalog; readonly now?: Date } = {},
): Verdict<AuthorizationEntry> {
  return decide('account' in on ? on : historyOf(on), purchase, catalog, now, utcCalendar)
}

/** A purchase of 10.00 in a grocery without a rule. */
export function purchaseOf(over: Partial<Purchase> = {}): Purchase {
  return { transactionId: 'tx-1', amount: centavos(1000n), mcc: '5411', merchant: padaria, ...over }
}

/** The entry of {@link purchaseOf} when FOOD paid for it and had 2.00 left. */
export function authorizationOf(over: Partial<AuthorizationEntry> = {}): AuthorizationEntry {
  return {
    ...purchaseOf(),
    kind: 'AUTHORIZATION',
    accountId: 'account-1',
    seq: 1n,
    at,
    reason: 'APPROVED',
    effectiveMcc: '5411',
    movement: { wallet: 'FOOD', delta: -1000n, balanceAfter: centavos(200n) },
    day: '2026-01-02',
    ...over,
  }
}

/** The entry of a declined {@link purchaseOf}. */
export function declineOf(over: Partial<AuthorizationEntry> = {}): AuthorizationEntry {
  const { movement: _, day: _day, ...entry } = authorizationOf({ reason: 'INSUFFICIENT_BALANCE' })
  return { ...entry, ...over }
}

/** A credit of FOOD from nothing to 10.00. */
export function creditEntryOf(over: Partial<CreditEntry> = {}): CreditEntry {
  const movement = { wallet: 'FOOD', delta: 1000n, balanceAfter: centavos(1000n) }
  return { kind: 'CREDIT', accountId: 'account-1', transactionId: 'tx-1', seq: 1n, at, movement, ...over }
}

/** The opening of the account. */
export function adminEntryOf(over: Partial<AdminEntry> = {}): AdminEntry {
  return {
    kind: 'ADMIN',
    action: 'OPEN',
    accountId: 'account-1',
    transactionId: 'tx-1',
    seq: 1n,
    at,
    status: 'ACTIVE',
    subject: 'back-office',
    ...over,
  }
}

/** A rule for the whole name ACME, anywhere. */
export function ruleOf(over: Partial<MerchantRuleByName> = {}): MerchantRuleByName {
  return { id: 'rule-1', match: 'EXACT', name: 'ACME', mcc: '5411', ...over }
}

/** A rule for the company with the CNPJ 12.ABC.345/01DE-35. */
export function byTaxId(id: string, over: Partial<MerchantRuleByTaxId> = {}): MerchantRuleByTaxId {
  return { id, match: 'TAX_ID', merchantTaxId: '12ABC34501DE35', mcc: '5411', ...over }
}

/** A rule for merchant "LOJA 1" at acquirer 0042. */
export function byMerchantId(
  id: string,
  over: Partial<MerchantRuleByMerchantId> = {},
): MerchantRuleByMerchantId {
  return { id, match: 'MERCHANT_ID', acquirerId: '0042', merchantId: 'LOJA 1', mcc: '5411', ...over }
}

/** Writes a merchant as ISO 8583 DE43: name (25), city (12, right aligned), a space, country (2). */
export function de43({ name, city = 'SAO PAULO', country = 'BR' }: De43): string {
  return `${cut(name, 25, 'LEFT')}${cut(city, 12, 'RIGHT')} ${country}`
}

type De43 = { readonly name: string; readonly city?: string; readonly country?: string }

function cut(text: string, length: number, align: 'LEFT' | 'RIGHT'): string {
  const characters = Array.from(text).slice(0, length)
  const padding = ' '.repeat(length - characters.length)
  return align === 'LEFT' ? characters.join('') + padding : padding + characters.join('')
}

/** The entry that the verdict records. Fails the test when there is none. */
export function recorded<Kind extends Entry>(verdict: Verdict<Kind, string>): Kind {
  if (verdict.type !== 'RECORD') throw new Error(`nothing to commit: ${verdict.type}`)
  return verdict.entry
}
