import type { MetricRegistry } from './metric-registry.js'

/** What the card rail has left open in all accounts, as counted last. */
export type CardRailReadings = {
  readonly openHolds: number
  readonly heldCentavos: number
  readonly owingAccounts: number
  readonly owedCentavos: number
  readonly unmatchedReversals: number
  readonly ageMs: number
}

const gauges: readonly {
  readonly name: string
  readonly help: string
  readonly value: (readings: CardRailReadings) => number
}[] = [
  {
    name: 'benefits_open_holds',
    help: 'Open holds of all accounts, as counted last.',
    value: ({ openHolds }) => openHolds,
  },
  {
    name: 'benefits_held_centavos',
    help: 'Money held by the open holds, in centavos, as counted last.',
    value: ({ heldCentavos }) => heldCentavos,
  },
  {
    name: 'benefits_owing_accounts',
    help: 'Accounts with a wallet that owes, as counted last.',
    value: ({ owingAccounts }) => owingAccounts,
  },
  {
    name: 'benefits_owed_centavos',
    help: 'Money that wallets owe, in centavos, as counted last.',
    value: ({ owedCentavos }) => owedCentavos,
  },
  {
    name: 'benefits_unmatched_early_reversals',
    help: 'Reversals that came before their purchase one to two days ago, and whose purchase has not come.',
    value: ({ unmatchedReversals }) => unmatchedReversals,
  },
  {
    name: 'benefits_card_rail_totals_age_seconds',
    help: 'Time since the last successful count of the card rail began, in seconds; 0 before the first one.',
    value: ({ ageMs }) => ageMs / 1000,
  },
]

/** Exports what the card rail has left open. */
export function measureCardRail(registry: MetricRegistry, readings: () => CardRailReadings): void {
  for (const { name, help, value } of gauges) registry.gauge({ name, help, read: () => value(readings()) })
}
