import type { CardAnswer } from '../../support/clients/card-rail-client.js'
import type { Amounts, Answer, Of, Operation, Sale, Timestamp, Transaction } from './operation.js'
import { type Method, methods } from './wire-client.js'

/** A request of the card rail, and how to read its answer. */
type CardCall = {
  readonly method: Method
  /** Besides the ids of account and transaction. */
  readonly request: object
  readonly read: (answer: Answered) => Answer
}

type Answered = CardAnswer & {
  readonly decided_at: Timestamp
  readonly held_until: Timestamp | null
  readonly effective_mcc: string
  readonly merchant_rule: string
}

type CardOperation = Of<'authorize' | 'increment' | 'capture' | 'advise' | 'refund' | 'reverse'>

/** Reasons of captures that spend a hold or a payment, and an excess. */
export const OVER: ReadonlySet<string> = new Set(['REASON_CAPTURED_OVER', 'REASON_CAPTURED_OVER_TOLERANCE'])

export function isCardOperation(operation: Operation): operation is CardOperation {
  return !['open', 'status', 'credit'].includes(operation.kind)
}

/** Writes the request of an operation. */
export function cardCallOf(operation: CardOperation): CardCall {
  switch (operation.kind) {
    case 'authorize':
      return authorization(operation)
    case 'increment':
      return increment(operation)
    case 'capture':
      return capture(operation)
    case 'advise':
      return advice(operation)
    case 'refund':
      return refund(operation)
    case 'reverse':
      return reversal(operation)
  }
}

function authorization({ hold, ...operation }: Of<'authorize'>): CardCall {
  const expires_in = hold?.seconds !== undefined && { expires_in: { seconds: hold.seconds } }
  return {
    method: methods.authorize,
    request: { ...saleOf(operation), ...(hold && { hold: { ...expires_in } }) },
    read: (answer) => {
      const { held, held_until, approval_code } = answer
      const approved = Number(answer.approved_amount)
      return answerOf(answer, {
        kind: 'AUTHORIZATION',
        entry: { ...routed(operation, answer), approval_code, ...(held && { held_until }) },
        moved: { delta: -approved, held: held ? approved : 0 },
        amounts: { authorized: approved, captured: held ? 0 : approved },
      })
    },
  }
}

function increment({ originalId: original_transaction_id, amount }: Of<'increment'>): CardCall {
  return {
    method: methods.increment,
    request: { original_transaction_id, amount },
    read: (answer) => {
      const { decision, approval_code, held_balance: held_after } = answer
      const raised = decision === 'DECISION_APPROVED' ? amount : 0
      return answerOf(answer, {
        kind: 'INCREMENT',
        entry: {
          ...{ original_transaction_id, amount: String(amount), approval_code },
          ...(held_after !== undefined && { held_after }),
        },
        moved: { delta: -raised, held: raised },
        amounts: { incremented: raised },
      })
    },
  }
}

function capture(operation: Of<'capture'>): CardCall {
  const { originalId: original_transaction_id, moreToCome: more_to_come } = operation
  const original = { original_transaction_id, more_to_come }
  return {
    method: methods.capture,
    request: { ...saleOf(operation), ...original },
    read: (answer) => {
      const [captured, owed] = [Number(answer.captured_amount), Number(answer.owed_amount)]
      const released = Number(answer.released_amount)
      const isOver = OVER.has(answer.reason)
      const isOfHold = answer.reason === 'REASON_CAPTURED'
      const ofHold = { delta: released, held: -captured - released }
      // How an excess and the rest of the hold share the amount is known from the whole purchase only.
      const parts = isOver ? {} : isOfHold ? ofHold : { delta: owed - captured, held: 0 }
      return answerOf(answer, {
        kind: 'CAPTURE',
        entry: { ...textsOf(operation), ...original },
        moved: { ...parts, owed },
        amounts: { captured, released, owed, excess: isOver || isOfHold ? 0 : captured },
      })
    },
  }
}

function advice(operation: Of<'advise'>): CardCall {
  const original = { original_transaction_id: operation.originalId ?? '' }
  return {
    method: methods.advise,
    request: { ...saleOf(operation), ...original },
    read: (answer) => {
      const [booked, owed] = [Number(answer.booked_amount), Number(answer.owed_amount)]
      return answerOf(answer, {
        kind: 'ADVICE',
        entry: { ...routed(operation, answer), ...original },
        moved: { delta: owed - booked, owed },
        amounts: { captured: booked, excess: booked, owed },
      })
    },
  }
}

function refund(operation: Of<'refund'>): CardCall {
  const { originalId: original_transaction_id = '', isRequest: request } = operation
  const original = { original_transaction_id, request }
  return {
    method: methods.refund,
    request: { ...saleOf(operation), ...original },
    read: (answer) => {
      const refunded = Number(answer.refunded_amount)
      const cancelled = Number(answer.cancelled_owed_amount)
      return answerOf(answer, {
        kind: 'REFUND',
        entry: { ...textsOf(operation), ...original, approval_code: answer.approval_code },
        moved: { delta: refunded - cancelled, owed: -cancelled },
        amounts: { refunded, owed: -cancelled },
      })
    },
  }
}

function reversal({ originalId, amount, isAdvice }: Of<'reverse'>): CardCall {
  const original = { original_transaction_id: originalId, advice: isAdvice }
  return {
    method: methods.reverse,
    request: { ...original, ...(amount !== undefined && { amount }) },
    read: (answer) => {
      const [back, released] = [Number(answer.amount), Number(answer.released_amount)]
      const cancelled = Number(answer.cancelled_owed_amount)
      return answerOf(answer, {
        kind: 'REVERSAL',
        entry: { ...original, amount: String(amount ?? 0) },
        moved: { delta: back - cancelled, held: -released, owed: -cancelled },
        amounts: { released, reversed: back - released, owed: -cancelled },
      })
    },
  }
}

function saleOf({ amount, mcc, merchant }: Sale): Sale {
  return { amount, mcc, merchant }
}

function textsOf({ amount, mcc, merchant }: Sale) {
  return { amount: String(amount), mcc, merchant }
}

/** The fields of an entry that has chosen a wallet. */
function routed(sale: Sale, { effective_mcc, merchant_rule }: Answered) {
  return { ...textsOf(sale), effective_mcc, merchant_rule }
}

type Read = {
  readonly kind: string
  readonly entry: Partial<Transaction>
  /** Changes of available, held and owed money: delta and held are absent when unknown, owed for 0. */
  readonly moved: { readonly delta?: number; readonly held?: number; readonly owed?: number }
  readonly amounts: Amounts
}

function answerOf(answer: Answered, { kind, entry, moved, amounts }: Read): Answer {
  const { decision, reason, category, balance, decided_at } = answer
  const { delta, held, owed = 0 } = moved
  return {
    entry: {
      kind: `TRANSACTION_KIND_${kind}`,
      ...{ decision, reason, category, create_time: decided_at },
      ...(balance !== undefined && { balance_after: balance }),
      ...(delta !== undefined && { delta: String(delta) }),
      ...(held !== undefined && { held_delta: String(held) }),
      owed_delta: String(owed),
      ...entry,
    },
    amounts,
  }
}
