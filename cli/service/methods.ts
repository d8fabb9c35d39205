/**
 * The methods that the commands call, each with its scope. A test compares them with those of the service.
 */
export const methods = {
  authorize: method('AuthorizationService', 'Authorize', 'transactions:authorize'),
  simulate: method('AuthorizationService', 'Simulate', 'transactions:simulate'),
  reverse: method('AuthorizationService', 'Reverse', 'transactions:reverse'),
  createAccount: method('AccountService', 'CreateAccount', 'accounts:write'),
  getAccount: method('AccountService', 'GetAccount', 'accounts:read'),
  listAccounts: method('AccountService', 'ListAccounts', 'accounts:read'),
  updateAccount: method('AccountService', 'UpdateAccount', 'accounts:write'),
  credit: method('AccountService', 'Credit', 'accounts:credit'),
  batchCredit: method('AccountService', 'BatchCredit', 'accounts:credit'),
  getTransaction: method('AccountService', 'GetTransaction', 'accounts:read'),
  listTransactions: method('AccountService', 'ListTransactions', 'accounts:read'),
  listCategories: method('CategoryService', 'ListCategories', 'categories:read'),
  upsertCategory: method('CategoryService', 'UpsertCategory', 'categories:write'),
  deleteCategory: method('CategoryService', 'DeleteCategory', 'categories:write'),
  getMccPolicy: method('CategoryService', 'GetMccPolicy', 'categories:read'),
  updateMccPolicy: method('CategoryService', 'UpdateMccPolicy', 'categories:write'),
  listMerchantRules: method('MerchantRuleService', 'ListMerchantRules', 'rules:read'),
  createMerchantRule: method('MerchantRuleService', 'CreateMerchantRule', 'rules:write'),
  resolveMerchant: method('MerchantRuleService', 'ResolveMerchant', 'rules:read'),
  exportMerchantRules: method('MerchantRuleService', 'ExportMerchantRules', 'rules:read'),
  importMerchantRules: method('MerchantRuleService', 'ImportMerchantRules', 'rules:write'),
} as const

export type Method = ReturnType<typeof method>

/** The scopes that a token can have: those of the commands, of the console's live view, and of bookings. */
export const scopes: readonly string[] = [
  ...new Set([...Object.values(methods).map(({ scope }) => scope), 'activity:read', 'transactions:book']),
].sort()

function method(service: string, name: string, scope: string) {
  return { service: `benefits.v1.${service}`, name, path: `/benefits.v1.${service}/${name}`, scope }
}
