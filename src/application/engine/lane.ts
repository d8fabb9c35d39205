/**
 * What a request is for. PURCHASE: purchases, their reversals, and whatever else a customer at a till or a payment switch waits for.
 * BACK_OFFICE: loads, openings and changes of accounts, which can wait.
 */
export type Lane = 'PURCHASE' | 'BACK_OFFICE'
