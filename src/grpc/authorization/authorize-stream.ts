import type { handleBidiStreamingCall } from '@grpc/grpc-js'
import type { Budget } from '../../application/budget.js'
import type {
  AuthorizeRequest,
  AuthorizeResponse,
  AuthorizeStreamResponse,
} from '../../gen/benefits/v1/authorization.js'
import { type AnsweredStreamOptions, answeredStreamHandler } from '../answered-stream.js'
import type { CallContext } from '../call-context.js'

export type AuthorizeOne = (
  request: AuthorizeRequest,
  budget: Budget,
  call: CallContext,
) => Promise<AuthorizeResponse>

type Answer = { readonly $case: 'response'; readonly value: AuthorizeResponse }

export type AuthorizeStreamOptions = Omit<
  AnsweredStreamOptions<AuthorizeRequest, Answer>,
  'itemName' | 'idOf' | 'decideOne'
> & { readonly authorizeOne: AuthorizeOne }

/** Adapts a stream of purchases to grpc-js. */
export function authorizeStreamHandler({
  authorizeOne,
  ...options
}: AuthorizeStreamOptions): handleBidiStreamingCall<AuthorizeRequest, AuthorizeStreamResponse> {
  return answeredStreamHandler<AuthorizeRequest, Answer>({
    ...options,
    itemName: 'purchase',
    idOf: ({ transactionId }) => transactionId,
    decideOne: async (request, budget, call) => ({
      $case: 'response',
      value: await authorizeOne(request, budget, call),
    }),
  })
}
