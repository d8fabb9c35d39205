import type { CardMethod } from '../clients/card-rail-client.js'
import type { Operation } from './model-operation.js'

/** A call of the service. */
export type Request = { readonly method: CardMethod; readonly message: object }

/** The operations of a card network. */
export type CardOperation = Exclude<Operation, { kind: 'open' | 'status' | 'limits' | 'credit' }>

const DAY_S = 86_400

/** The call that a card network makes. Network data and descriptions of purchases are left out. */
export function requestOf(asked: CardOperation, account_id: string): Request {
  const named = { transaction_id: asked.id, account_id }
  switch (asked.kind) {
    case 'buy': {
      const { mcc, merchant, hold } = asked
      const message = { ...named, amount: String(asked.amount), mcc, merchant, ...fallbackOf(asked) }
      return {
        method: 'Authorize',
        message: { ...message, ...(hold !== undefined && { hold: holdOf(hold) }) },
      }
    }
    case 'increment':
      return { method: 'Increment', message: { ...named, ...amountOf(asked) } }
    case 'capture':
      return { method: 'Capture', message: { ...named, ...bookingOf(asked), more_to_come: asked.more } }
    case 'advise':
      return { method: 'Advise', message: { ...named, ...bookingOf(asked), ...fallbackOf(asked) } }
    case 'refund':
      return { method: 'Refund', message: { ...named, ...bookingOf(asked), request: asked.isRequest } }
    case 'reverse':
      return { method: 'Reverse', message: { ...named, ...amountOf(asked), advice: asked.isAdvice } }
  }
}

function amountOf({
  original,
  amount,
}: {
  readonly original: string | undefined
  readonly amount: bigint | undefined
}) {
  return {
    ...(original !== undefined && { original_transaction_id: original }),
    ...(amount !== undefined && { amount: String(amount) }),
  }
}

function bookingOf(asked: Extract<CardOperation, { kind: 'capture' | 'advise' | 'refund' }>) {
  return { ...amountOf(asked), mcc: asked.mcc, merchant: asked.merchant }
}

function fallbackOf({ fallback }: { readonly fallback: boolean }) {
  return fallback ? {} : { fallback: 'FALLBACK_NEVER' }
}

function holdOf(hold: number | 'DEFAULT') {
  return hold === 'DEFAULT' ? {} : { expires_in: { seconds: hold * DAY_S } }
}
