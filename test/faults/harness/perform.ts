import { cardCallOf, isCardOperation } from './card-call.js'
import type { Answer, Operation, Timestamp, Transaction } from './operation.js'
import { type Method, methods, type Reply, type WireClient } from './wire-client.js'

/** An answer as it comes over the wire. Each method has some of the fields. */
type AccountAnswer = {
  readonly account: { readonly create_time: Timestamp }
  readonly transaction: Transaction
}

/** Sends an operation once. */
export async function perform(
  client: WireClient,
  operation: Operation,
  deadlineMs: number,
): Promise<Reply<Answer>> {
  const { accountId: account_id, id: transaction_id } = operation
  const named = { account_id, transaction_id }
  const call = async <T>(method: Method, request: object, read: (answer: T) => Answer) => {
    const reply = await client.call<T>(method, request, deadlineMs)
    if (reply.type !== 'ANSWER') return reply
    const { entry, amounts } = read(reply.answer)
    return { ...reply, answer: { entry: { ...named, ...entry }, amounts } }
  }
  if (isCardOperation(operation)) {
    const { method, request, read } = cardCallOf(operation)
    return call(method, { ...named, ...request }, read)
  }
  const changed = (account_status: string): Answer['entry'] => ({
    kind: 'TRANSACTION_KIND_ADMIN',
    account_status,
  })
  switch (operation.kind) {
    case 'open':
      return call<AccountAnswer>(
        methods.createAccount,
        { account_id, request_id: transaction_id },
        ({ account: { create_time } }) => ({
          entry: { ...changed('ACCOUNT_STATUS_ACTIVE'), create_time },
          amounts: {},
        }),
      )
    case 'status': {
      const account = { id: account_id, status: operation.status }
      return call(methods.updateAccount, { account, request_id: transaction_id }, () => ({
        entry: changed(operation.status),
        amounts: {},
      }))
    }
    case 'credit': {
      const { category, amount, paysOwed: pays_owed } = operation
      return call<AccountAnswer>(
        methods.credit,
        { ...named, category, amount, pays_owed },
        ({ transaction: entry }) => {
          const owed = Number(entry.owed_delta)
          return { entry, amounts: { credited: Number(entry.delta) - owed, owed } }
        },
      )
    }
  }
}
