import type { status } from '@grpc/grpc-js'
import type { Budget } from '../../application/budget.js'
import type { CardRail } from '../../application/card-rail.js'
import type { Reverse } from '../../application/reverse.js'
import type { AnsweredEntry } from '../../domain/entry.js'
import type { Verdict } from '../../domain/verdict.js'
import type { ReverseRequest } from '../../gen/benefits/v1/authorization.js'
import type {
  AdviseRequest,
  AdviseResponse,
  CaptureRequest,
  CaptureResponse,
  CardRailServiceServer,
  IncrementRequest,
  IncrementResponse,
  RefundRequest,
  RefundResponse,
} from '../../gen/benefits/v1/card_rail.js'
import type { StreamLimits } from '../answered-stream.js'
import type { OnDecision } from '../authorization/authorization-service.js'
import { readReversal, reverseResponse } from '../authorization/reversal-mapping.js'
import type { CallContext } from '../call-context.js'
import type { CallError } from '../call-error.js'
import { entryOf } from '../entry-of.js'
import { type HandledCall, type HandlerOptions, unaryHandler } from '../handlers.js'
import { AUTHORIZE, BOOK } from '../tokens/method-scopes.js'
import { mustHaveScope } from '../tokens/required-scope.js'
import { bookStreamHandler } from './book-stream.js'
import { adviseResponse, captureResponse, incrementResponse, refundResponse } from './card-rail-answers.js'
import { readAdvice, readCapture, readIncrement, readRefund } from './card-rail-requests.js'

export type CardRailServiceOptions = {
  readonly cardRail: CardRail
  readonly reverse: Reverse
  readonly handlers: HandlerOptions
  readonly streams: StreamLimits
  /** Called with every decision of a call. */
  readonly onDecision: OnDecision
  /** Called with every decision on a line of a stream. */
  readonly onLine: OnDecision
  /** Called when a line of a stream is answered with an error. */
  readonly onLineError: (code: status, call: CallContext) => void
}

/** The decision on one request, and its report to a callback. */
type Decide = <Entry extends AnsweredEntry>(
  decision: (budget: Budget) => Promise<Verdict<Entry>>,
) => Promise<{ readonly entry: Entry; readonly replayed: boolean }>

/** Implements benefits.v1.CardRailService over the use cases. */
export function cardRailService(options: CardRailServiceOptions): CardRailServiceServer {
  const { cardRail, reverse, handlers, streams, onDecision, onLine, onLineError } = options
  const { monotonicMs } = handlers.clock

  const reporting =
    (budget: Budget, call: CallContext, report: OnDecision): Decide =>
    async (decision) => {
      const startedMs = monotonicMs()
      const decided = entryOf(await decision(budget), neverRejected)
      report(decided.entry, decided.replayed, { call, durationMs: monotonicMs() - startedMs })
      return decided
    }
  const ofCall = (call: HandledCall) => reporting(call.budget, call, onDecision)
  const onStream =
    <Request, Response>(answer: (request: Request, decide: Decide) => Promise<Response>) =>
    (request: Request, budget: Budget, call: CallContext): Promise<Response> =>
      answer(request, reporting(budget, call, onLine))

  const capture = async (request: CaptureRequest, decide: Decide): Promise<CaptureResponse> => {
    const asked = readCapture(request)
    const decided = await decide((budget) => cardRail.capture(asked.accountId, asked.capture, budget))
    return captureResponse(decided.entry, decided.replayed)
  }
  const advise = async (request: AdviseRequest, decide: Decide): Promise<AdviseResponse> => {
    const { accountId, advice } = readAdvice(request)
    const { entry, replayed } = await decide((budget) => cardRail.advise(accountId, advice, budget))
    return adviseResponse(entry, replayed)
  }
  const refund = async (request: RefundRequest, decide: Decide): Promise<RefundResponse> => {
    const asked = readRefund(request)
    const decided = await decide((budget) => cardRail.refund(asked.accountId, asked.refund, budget))
    return refundResponse(decided.entry, decided.replayed)
  }
  const giveBack = async (request: ReverseRequest, decide: Decide) => {
    const { accountId, reversal } = readReversal(request)
    const { entry, replayed } = await decide((budget) => reverse(accountId, reversal, budget))
    return reverseResponse(entry, replayed)
  }

  return {
    increment: unaryHandler<IncrementRequest, IncrementResponse>(handlers, async (request, call) => {
      const { accountId, increment } = readIncrement(request)
      const { entry, replayed } = await ofCall(call)((budget) =>
        cardRail.increment(accountId, increment, budget),
      )
      return incrementResponse(entry, replayed)
    }),

    capture: unaryHandler<CaptureRequest, CaptureResponse>(handlers, (request, call) =>
      capture(request, ofCall(call)),
    ),

    advise: unaryHandler<AdviseRequest, AdviseResponse>(handlers, (request, call) =>
      advise(request, ofCall(call)),
    ),

    refund: unaryHandler<RefundRequest, RefundResponse>(handlers, async (request, call) => {
      mustHaveScope(call, request.request ? AUTHORIZE : BOOK)
      return await refund(request, ofCall(call))
    }),

    bookStream: bookStreamHandler({
      handlers,
      limits: streams,
      onLineError,
      book: {
        capture: onStream(capture),
        advice: onStream(advise),
        refund: onStream(refund),
        reversal: onStream(giveBack),
      },
    }),
  }
}

/** Requests of the card network are answered with an entry, also when they are declined. */
function neverRejected(rejection: never): CallError {
  return rejection
}
