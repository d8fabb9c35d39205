export type Status = 'ACTIVE' | 'BLOCKED' | 'CLOSED'

/** An operation on an account, under an id. */
export type Operation = { readonly account: string; readonly id: string } & (
  | { readonly kind: 'open' }
  | { readonly kind: 'status'; readonly status: Status }
  /** All limits from then on. */
  | { readonly kind: 'limits'; readonly most: Most }
  | {
      readonly kind: 'credit'
      readonly wallet: string
      readonly amount: bigint
      readonly paysOwed: boolean
    }
  | {
      readonly kind: 'buy'
      /** 0 for a verification. */
      readonly amount: bigint
      readonly mcc: string
      readonly merchant: string
      /** Whether CASH may pay. */
      readonly fallback: boolean
      /** What the card network sent: some texts by name; undefined when it sent nothing. */
      readonly network: Network | undefined
      /** Days for which the money is held, or DEFAULT; undefined when it is paid at once. */
      readonly hold: number | 'DEFAULT' | undefined
    }
  | { readonly kind: 'increment'; readonly original: string; readonly amount: bigint }
  | (Booking & { readonly kind: 'capture'; readonly original: string; readonly more: boolean })
  | (Booking & {
      readonly kind: 'advise'
      readonly original: string | undefined
      readonly fallback: boolean
    })
  | (Booking & {
      readonly kind: 'refund'
      readonly original: string | undefined
      readonly isRequest: boolean
    })
  | {
      readonly kind: 'reverse'
      readonly original: string
      readonly amount: bigint | undefined
      readonly said: Said
      readonly isAdvice: boolean
    }
)

type Booking = { readonly amount: bigint; readonly mcc: string; readonly merchant: string }

export type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>

/** What a card network sends, as far as the model needs it. */
export type Network = {
  readonly rail?: 'VOUCHER' | 'CREDIT' | 'DEBIT'
  readonly rrn?: string
  readonly terminalId?: string
  readonly merchantTaxId?: string
  readonly currency?: string
}

/**
 * Spending maximums: of one purchase, and of one wallet in a day and in a month. An absent one means no
 * limit.
 */
export type Most = {
  readonly purchase?: bigint
  readonly wallet: string
  readonly day?: bigint
  readonly month?: bigint
}

/** A purchase as the caller describes it. */
export type Said = { readonly amount?: bigint; readonly mcc?: string; readonly merchant?: string }

/** One line of a statement. */
export type ModelRecord = {
  readonly id: string
  readonly seq: bigint
  readonly kind:
    | 'AUTHORIZATION'
    | 'INCREMENT'
    | 'CAPTURE'
    | 'ADVICE'
    | 'REFUND'
    | 'REVERSAL'
    | 'EXPIRY'
    | 'CREDIT'
    | 'ADMIN'
  readonly decision: 'APPROVED' | 'DECLINED'
  /** Empty for credits and administrative changes. */
  readonly reason: string
  /** Empty when no balance changed. */
  readonly wallet: string
  readonly delta: bigint
  readonly balance: bigint | undefined
  /** The change of the held money, and the amount after it; empty when it did not change. */
  readonly held: string
  /** The same for the owed money. */
  readonly owed: string
  /** The days that count the movement or get it back; empty when it does not count. */
  readonly day: string
  /** All other fields of the operation, and its outcome. */
  readonly rest: string
}
