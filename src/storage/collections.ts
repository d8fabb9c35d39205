/** Names of the collections. */
export const collections = {
  accounts: 'accounts',
  ledger: 'ledger',
  catalog: 'catalog',
  categories: 'categories',
  merchantRules: 'merchant_rules',
} as const

export type CollectionName = (typeof collections)[keyof typeof collections]
