import { type Account, balanceOf } from './account.js'
import type { Catalog, Route, RoutedPurchase } from './catalog.js'
import type { CategoryId } from './category.js'
import type { Routed } from './entry.js'

/** The wallet of a booking, and the route that chose it, if any. */
type BookingRoute = { readonly wallet: CategoryId; readonly routed?: Routed }

/**
 * Chooses the wallet for a purchase that must be booked, past balance, rail and MCC policy. A purchase stays
 * on the wallet that it has used.
 */
export function routeBooking(
  account: Account,
  catalog: Catalog,
  { used, ...purchase }: RoutedPurchase & { readonly amount: bigint; readonly used: CategoryId | undefined },
): BookingRoute {
  if (used !== undefined) return { wallet: used }
  const route = catalog.route(purchase)
  const wallet = catalog.walletToBook(route, (one) => balanceOf(account, one) >= purchase.amount)
  return { wallet, routed: routedBy(route, catalog) }
}

/** Chooses the wallet for a refund: the one that its purchase has used, or one by its MCC and merchant. */
export function routeRefund(
  catalog: Catalog,
  { used, ...refund }: RoutedPurchase & { readonly used: CategoryId | undefined },
): BookingRoute {
  if (used !== undefined) return { wallet: used }
  const route = catalog.route(refund)
  return { wallet: catalog.walletToRefund(route), routed: routedBy(route, catalog) }
}

function routedBy({ effectiveMcc, merchantRule }: Route, { version: catalogVersion }: Catalog): Routed {
  return { effectiveMcc, catalogVersion, ...(merchantRule !== undefined && { merchantRule }) }
}
