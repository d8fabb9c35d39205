import type { handleBidiStreamingCall, status } from '@grpc/grpc-js'
import type { Budget } from '../../application/budget.js'
import type { BookStreamRequest, BookStreamResponse } from '../../gen/benefits/v1/card_rail.js'
import { answeredStreamHandler, type StreamLimits } from '../answered-stream.js'
import type { CallContext } from '../call-context.js'
import { CallError } from '../call-error.js'
import type { HandlerOptions } from '../handlers.js'
import { patiently } from '../patience.js'

/**
 * Longest time for one line, in milliseconds. No customer waits for a line, and purchases go first, so a line
 * may take longer than a purchase. It is also enough for a failover of the database.
 */
const LINE_MS_MAX = 30_000

type Line = NonNullable<BookStreamRequest['line']>
type Outcome = NonNullable<BookStreamResponse['outcome']>
type Decided = Exclude<Outcome, { readonly $case: 'error' }>

/** How each kind of line is booked. */
type Book = {
  readonly [Case in Line['$case']]: (
    request: Extract<Line, { readonly $case: Case }>['value'],
    budget: Budget,
    call: CallContext,
  ) => Promise<Extract<Decided, { readonly $case: Case }>['value']>
}

export type BookStreamOptions = {
  readonly handlers: HandlerOptions
  readonly limits: StreamLimits
  readonly book: Book
  /** Called when a line is answered with an error. */
  readonly onLineError: (code: status, call: CallContext) => void
}

/** Adapts a stream of lines of a clearing file to grpc-js. */
export function bookStreamHandler({
  handlers,
  limits,
  book,
  onLineError,
}: BookStreamOptions): handleBidiStreamingCall<BookStreamRequest, BookStreamResponse> {
  return answeredStreamHandler<BookStreamRequest, Decided>({
    handlers: { ...handlers, durationMsMax: Math.max(handlers.durationMsMax, LINE_MS_MAX) },
    limits,
    itemName: 'line',
    idOf: ({ line }) => line?.value.transactionId ?? '',
    decideOne: ({ line }, budget, call) => patiently(budget, () => decided(line, book, budget, call)),
    onItemError: onLineError,
  })
}

async function decided(
  line: Line | undefined,
  book: Book,
  budget: Budget,
  call: CallContext,
): Promise<Decided> {
  switch (line?.$case) {
    case 'capture':
      return { $case: 'capture', value: await book.capture(line.value, budget, call) }
    case 'advice':
      return { $case: 'advice', value: await book.advice(line.value, budget, call) }
    case 'refund':
      mustBe(!line.value.request, 'request', 'must be false: a line of a stream is a booking')
      return { $case: 'refund', value: await book.refund(line.value, budget, call) }
    case 'reversal':
      mustBe(line.value.advice, 'advice', 'must be true: a line of a stream is a booking')
      return { $case: 'reversal', value: await book.reversal(line.value, budget, call) }
    case undefined:
      throw new CallError('INVALID_REQUEST', { violations: [{ field: 'line', description: 'is required' }] })
  }
}

function mustBe(holds: boolean, field: string, description: string): void {
  if (!holds) throw new CallError('INVALID_REQUEST', { violations: [{ field, description }] })
}
