/** The scope of bookings: what the card network reports, and the service cannot decline. */
export const BOOK = 'transactions:book'
export const AUTHORIZE = 'transactions:authorize'
export const REVERSE = 'transactions:reverse'

/**
 * The scopes of each method (claim `scope`, RFC 8693). A token needs one of them. When a method has several,
 * a field of the request decides which one, and the handler checks it. Methods that are not listed cannot be
 * called.
 */
export const methodScopes: ReadonlyMap<string, readonly string[]> = new Map([
  ['/benefits.v1.AuthorizationService/Authorize', [AUTHORIZE]],
  ['/benefits.v1.AuthorizationService/AuthorizeStream', [AUTHORIZE]],
  ['/benefits.v1.AuthorizationService/Simulate', ['transactions:simulate']],
  ['/benefits.v1.AuthorizationService/Reverse', [REVERSE, BOOK]],
  ['/benefits.v1.CardRailService/Increment', [AUTHORIZE]],
  ['/benefits.v1.CardRailService/Capture', [BOOK]],
  ['/benefits.v1.CardRailService/Advise', [BOOK]],
  ['/benefits.v1.CardRailService/Refund', [BOOK, AUTHORIZE]],
  ['/benefits.v1.CardRailService/BookStream', [BOOK]],
  ['/benefits.v1.AccountService/CreateAccount', ['accounts:write']],
  ['/benefits.v1.AccountService/GetAccount', ['accounts:read']],
  ['/benefits.v1.AccountService/ListAccounts', ['accounts:read']],
  ['/benefits.v1.AccountService/UpdateAccount', ['accounts:write']],
  ['/benefits.v1.AccountService/Credit', ['accounts:credit']],
  ['/benefits.v1.AccountService/BatchCredit', ['accounts:credit']],
  ['/benefits.v1.AccountService/GetTransaction', ['accounts:read']],
  ['/benefits.v1.AccountService/ListTransactions', ['accounts:read']],
  ['/benefits.v1.AccountService/GetPurchase', ['accounts:read']],
  ['/benefits.v1.ActivityService/GetActivity', ['activity:read']],
  ['/benefits.v1.CategoryService/ListCategories', ['categories:read']],
  ['/benefits.v1.CategoryService/GetCategory', ['categories:read']],
  ['/benefits.v1.CategoryService/UpsertCategory', ['categories:write']],
  ['/benefits.v1.CategoryService/DeleteCategory', ['categories:write']],
  ['/benefits.v1.CategoryService/GetMccPolicy', ['categories:read']],
  ['/benefits.v1.CategoryService/UpdateMccPolicy', ['categories:write']],
  ['/benefits.v1.CategoryService/GetHoldPolicy', ['categories:read']],
  ['/benefits.v1.CategoryService/UpdateHoldPolicy', ['categories:write']],
  ['/benefits.v1.MerchantRuleService/CreateMerchantRule', ['rules:write']],
  ['/benefits.v1.MerchantRuleService/GetMerchantRule', ['rules:read']],
  ['/benefits.v1.MerchantRuleService/ListMerchantRules', ['rules:read']],
  ['/benefits.v1.MerchantRuleService/UpdateMerchantRule', ['rules:write']],
  ['/benefits.v1.MerchantRuleService/DeleteMerchantRule', ['rules:write']],
  ['/benefits.v1.MerchantRuleService/ResolveMerchant', ['rules:read']],
  ['/benefits.v1.MerchantRuleService/ImportMerchantRules', ['rules:write']],
  ['/benefits.v1.MerchantRuleService/ExportMerchantRules', ['rules:read']],
])

/** Services that need no token: health checks and reflection. */
const openServices = [
  '/grpc.health.v1.Health/',
  '/grpc.reflection.v1.ServerReflection/',
  '/grpc.reflection.v1alpha.ServerReflection/',
]

/** Whether the method needs no token. */
export function isOpenMethod(path: string): boolean {
  return openServices.some((service) => path.startsWith(service))
}
