/** A request of the campaign, with a unique id on its account. Amounts are in centavos. */
export type Operation = { readonly accountId: string; readonly id: string } & Content

type Content =
  | { readonly kind: 'open' }
  | { readonly kind: 'status'; readonly status: 'ACCOUNT_STATUS_ACTIVE' | 'ACCOUNT_STATUS_BLOCKED' }
  | {
      readonly kind: 'credit'
      readonly category: string
      readonly amount: number
      readonly paysOwed: boolean
    }
  | (Sale & { readonly kind: 'authorize'; readonly hold?: Hold })
  | { readonly kind: 'increment'; readonly originalId: string; readonly amount: number }
  | (Sale & { readonly kind: 'capture'; readonly originalId: string; readonly moreToCome: boolean })
  /** Without an original: the advice is the purchase. */
  | (Sale & { readonly kind: 'advise'; readonly originalId?: string })
  /** Without an original: the merchant names no purchase. */
  | (Sale & { readonly kind: 'refund'; readonly originalId?: string; readonly isRequest: boolean })
  /** Without an amount: the whole remainder. */
  | {
      readonly kind: 'reverse'
      readonly originalId: string
      readonly amount?: number
      readonly isAdvice: boolean
    }

/** A hold of the default time unless it names another one. */
export type Hold = { readonly seconds?: number }

/** An amount at a merchant. */
export type Sale = { readonly amount: number; readonly mcc: string; readonly merchant: string }

export type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>

export type Timestamp = { readonly seconds: string; readonly nanos: number }

/** An entry of a statement, as proto-loader reads it. */
export type Transaction = {
  readonly transaction_id: string
  readonly account_id: string
  readonly seq: string
  readonly kind: string
  readonly decision: string
  readonly reason: string
  readonly amount: string
  readonly category: string
  readonly delta: string
  readonly balance_after?: string
  readonly held_delta: string
  readonly held_after?: string
  readonly owed_delta: string
  readonly mcc: string
  readonly effective_mcc: string
  readonly merchant: string
  readonly merchant_rule: string
  readonly original_transaction_id: string
  readonly account_status: string
  readonly subject: string
  readonly create_time: Timestamp
  readonly approval_code: string
  readonly held_until: Timestamp | null
  readonly more_to_come: boolean
  readonly advice: boolean
  readonly request: boolean
}

/** The first answer to an operation. */
export type Answer = {
  /** The fields of the entry that the answer contains. The statement must show the same values. */
  readonly entry: Readonly<Partial<Transaction>>
  readonly amounts: Amounts
}

/**
 * What an answer adds to the sums of its purchase, by their names in GetPurchase, and what a credit adds to
 * its wallet, debts included. In centavos; absent for 0.
 */
export type Amounts = Readonly<
  Partial<
    Record<
      | 'authorized'
      | 'incremented'
      | 'captured'
      | 'excess'
      | 'released'
      | 'reversed'
      | 'refunded'
      | 'owed'
      | 'credited',
      number
    >
  >
>
