import { type Method, methods, type Reply, type WireClient } from './wire-client.js'

/** A request of the campaign, with a unique id on its account. Amounts are in centavos. */
export type Operation = { readonly accountId: string; readonly id: string } & Content

type Content =
  | { readonly kind: 'open' }
  | { readonly kind: 'credit'; readonly category: string; readonly amount: number }
  | { readonly kind: 'authorize'; readonly amount: number; readonly mcc: string; readonly merchant: string }
  /** Without an amount: the whole remainder. */
  | { readonly kind: 'reverse'; readonly originalId: string; readonly amount?: number }
  | { readonly kind: 'status'; readonly status: 'ACCOUNT_STATUS_ACTIVE' | 'ACCOUNT_STATUS_BLOCKED' }

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
  readonly mcc: string
  readonly effective_mcc: string
  readonly merchant: string
  readonly merchant_rule: string
  readonly original_transaction_id: string
  readonly account_status: string
  readonly subject: string
  readonly create_time: Timestamp
}

/** The fields of an entry that its answer contains. The statement must show the same values. */
export type Answer = Readonly<Partial<Transaction>>

type Verdict = {
  readonly decision: string
  readonly reason: string
  readonly category: string
  readonly balance?: string
  readonly decided_at: Timestamp
}
type Authorized = Verdict & {
  readonly effective_mcc: string
  readonly merchant_rule: string
  readonly approved_amount: string
}
type Reversed = Verdict & { readonly amount: string }
type Opened = { readonly account: { readonly create_time: Timestamp } }

/** Sends an operation once. */
export async function perform(
  client: WireClient,
  operation: Operation,
  deadlineMs: number,
): Promise<Reply<Answer>> {
  const { accountId: account_id, id: transaction_id } = operation
  const named = { account_id, transaction_id }
  const call = async <T>(method: Method, request: object, entryIn: (answer: T) => Answer) => {
    const reply = await client.call<T>(method, request, deadlineMs)
    return reply.type === 'ANSWER' ? { ...reply, answer: { ...named, ...entryIn(reply.answer) } } : reply
  }
  switch (operation.kind) {
    case 'open':
      return call<Opened>(
        methods.createAccount,
        { account_id, request_id: transaction_id },
        ({ account }) => ({
          kind: 'TRANSACTION_KIND_ADMIN',
          account_status: 'ACCOUNT_STATUS_ACTIVE',
          create_time: account.create_time,
        }),
      )
    case 'status': {
      const account = { id: account_id, status: operation.status }
      return call(methods.updateAccount, { account, request_id: transaction_id }, () => ({
        kind: 'TRANSACTION_KIND_ADMIN',
        account_status: operation.status,
      }))
    }
    case 'credit': {
      const { category, amount } = operation
      return call<{ transaction: Transaction }>(
        methods.credit,
        { ...named, category, amount },
        ({ transaction }) => transaction,
      )
    }
    case 'authorize': {
      const { amount, mcc, merchant } = operation
      return call<Authorized>(methods.authorize, { ...named, amount, mcc, merchant }, (answer) => ({
        kind: 'TRANSACTION_KIND_AUTHORIZATION',
        ...verdictOf(answer),
        amount: String(amount),
        delta: String(-Number(answer.approved_amount)),
        mcc,
        effective_mcc: answer.effective_mcc,
        merchant,
        merchant_rule: answer.merchant_rule,
      }))
    }
    case 'reverse': {
      const { originalId: original_transaction_id, amount } = operation
      const request = { ...named, original_transaction_id, ...(amount !== undefined && { amount }) }
      return call<Reversed>(methods.reverse, request, (answer) => ({
        kind: 'TRANSACTION_KIND_REVERSAL',
        ...verdictOf(answer),
        amount: String(amount ?? 0),
        delta: answer.amount,
        original_transaction_id,
      }))
    }
  }
}

function verdictOf({ decision, reason, category, balance, decided_at }: Verdict): Answer {
  return {
    decision,
    reason,
    category,
    create_time: decided_at,
    ...(balance !== undefined && { balance_after: balance }),
  }
}
