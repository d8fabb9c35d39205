export const collections = {
  books: 'books',
  accounts: 'accounts',
  ledger: 'ledger',
  catalog: 'catalog',
  categories: 'categories',
  merchantRules: 'merchant_rules',
} as const

export type CollectionName = (typeof collections)[keyof typeof collections]
