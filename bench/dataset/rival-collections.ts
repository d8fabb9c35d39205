/** Names of the collections of the rivals: apart from ours, whose validators are about our documents. */
export const rivalCollections = {
  accounts: 'rival_accounts',
  ledger: 'rival_ledger',
  locks: 'rival_locks',
} as const
