/**
 * The priority of a request.
 * - PURCHASE: purchases, their reversals, and anything else that a customer at a till or a payment switch
 *   waits for.
 * - BACK_OFFICE: credits, openings and changes of accounts, which can wait.
 */
export type Lane = 'PURCHASE' | 'BACK_OFFICE'
