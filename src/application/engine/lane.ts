/** The priorities of requests, the highest first. */
export const lanes = ['PURCHASE', 'BOOKING', 'BACK_OFFICE', 'EXPIRY'] as const

/**
 * The priority of a request.
 * - PURCHASE: purchases, their increments and reversals, and anything else that a customer at a till or a
 *   payment switch waits for.
 * - BOOKING: captures, advices and booked refunds: they report money that has moved, and cannot be declined.
 * - BACK_OFFICE: credits, openings and changes of accounts, which can wait.
 * - EXPIRY: the sweeper's requests on accounts with due holds. No caller waits for them.
 */
export type Lane = (typeof lanes)[number]
