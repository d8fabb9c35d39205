import type { Network } from './model-operation.js'

type Rail = NonNullable<Network['rail']>

/** The fields of a message that choose a wallet. */
export type Routed = {
  readonly mcc: string
  readonly merchant: string
  /** Whether CASH may pay. */
  readonly fallback?: boolean
  readonly network?: Network | undefined
}

const byMcc: Readonly<Record<string, readonly string[]>> = {
  '5411': ['FOOD'],
  '5412': ['FOOD'],
  '5811': ['MEAL'],
  '5812': ['MEAL'],
}
/** The rails of the wallets that have any. */
export const railsOf: Readonly<Record<string, readonly Rail[]>> = {
  FOOD: ['VOUCHER', 'DEBIT'],
  CASH: ['CREDIT', 'DEBIT'],
}
/** The one MCC that is never permitted as received. */
export const FORBIDDEN_MCC = '7995'
/** MCCs whose captures may exceed their holds by a fifth. */
export const TOLERANT_MCCS: readonly string[] = ['5812']
/** The rule for a name. */
export const rule = { id: 'uber-trip', name: 'UBER TRIP', mcc: '5411' }
/** The rule for a tax id, which comes before the one for a name. */
export const companyRule = { id: 'company', merchantTaxId: '12ABC34501DE35', mcc: '5811' }

/** The merchant rule that replaces the MCC, if there is one. */
export function ruleFor({ merchant, network }: Routed) {
  if (network?.merchantTaxId === companyRule.merchantTaxId) return companyRule
  return merchant === rule.name ? rule : undefined
}

/** The MCC after the merchant rules. */
export function mccOf(asked: Routed): string {
  return ruleFor(asked)?.mcc ?? asked.mcc
}

/** The wallets that may pay, and whether the rail alone leaves none. */
export function walletsFor(asked: Routed) {
  const wallets = [...(byMcc[mccOf(asked)] ?? []), 'CASH']
  const onRail = wallets.filter((wallet) => isOnRail(wallet, asked.network?.rail))
  const open = onRail.filter((wallet) => asked.fallback !== false || wallet !== 'CASH')
  return { open, isRailWrong: open.length === 0 && onRail.length < wallets.length }
}

/** Whether a wallet pays for a purchase over the rail. Without a rail, every wallet does. */
function isOnRail(wallet: string, rail: Rail | undefined): boolean {
  return rail === undefined || (railsOf[wallet] ?? [rail]).includes(rail)
}
