import { BinaryWriter } from '@bufbuild/protobuf/wire'
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js'
import {
  AuthorizationServiceService,
  type AuthorizeRequest,
  AuthorizeResponse,
  Decision,
  Reason,
  Retry,
} from '../../../src/gen/benefits/v1/authorization.js'
import { Status } from '../../../src/gen/google/rpc/status.js'

/** An answer, or the number of a status. */
type Decided = AuthorizeResponse | number
type Streamed = { readonly transactionId: string; readonly decided: Decided }

const MESSAGE = 'não dá: 100 %'

/** A server that decides by the amount alone, keeps its own tally, and can misbehave on request. */
export class PurchaseServer {
  readonly #server: Server
  readonly #decided = new Map<string, AuthorizeResponse>()
  #requests = 0
  /** Rejects one request in so many. */
  rejectEvery = Number.POSITIVE_INFINITY
  /** Sends no answers. */
  isSilent = false
  /** Added to each answer, as a merchant rule's id. */
  padding = ''

  onRequest: () => void = () => {}

  /** Closes each connection with GOAWAY at about that age, in milliseconds; by default none. */
  constructor({ connectionAgeMs }: { readonly connectionAgeMs?: number } = {}) {
    this.#server = new Server({
      'grpc.max_concurrent_streams': 8,
      ...(connectionAgeMs !== undefined && { 'grpc.max_connection_age_ms': connectionAgeMs }),
    })
  }

  /** The debited amount, in centavos. */
  debited = 0n
  calls = 0

  async listen(): Promise<number> {
    this.#server.addService(
      { authorize: AuthorizationServiceService.authorize, authorizeStream: streamMethod },
      { authorize: this.#one, authorizeStream: this.#many },
    )
    return await new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      )
    })
  }

  close(): void {
    this.#server.forceShutdown()
  }

  readonly #one: handleUnaryCall<AuthorizeRequest, AuthorizeResponse> = ({ request }, callback) => {
    const decided = this.#decide(request)
    if (this.isSilent) return
    if (typeof decided === 'number') callback({ code: decided, details: MESSAGE })
    else callback(null, decided)
  }

  readonly #many: handleBidiStreamingCall<AuthorizeRequest, Streamed> = (stream) => {
    this.calls++
    stream.on('data', (request: AuthorizeRequest) => {
      const decided = this.#decide(request)
      if (!this.isSilent) stream.write({ transactionId: request.transactionId, decided })
    })
    stream.on('end', () => stream.end())
    // The load generator cuts the connection when it is done.
    stream.on('error', () => {})
  }

  #decide(request: AuthorizeRequest): Decided {
    this.#requests++
    this.onRequest()
    const before = this.#decided.get(request.transactionId)
    if (before) return { ...before, replayed: true }
    if (this.#requests % this.rejectEvery === 0) return status.RESOURCE_EXHAUSTED
    const response = this.#responseTo(request)
    this.#decided.set(request.transactionId, response)
    if (response.decision === Decision.APPROVED) this.debited += request.amount
    return response
  }

  #responseTo({ transactionId, amount, mcc }: AuthorizeRequest): AuthorizeResponse {
    const isApproved = amount < 1_000_000n
    return {
      transactionId,
      code: isApproved ? '00' : '51',
      decision: isApproved ? Decision.APPROVED : Decision.DECLINED,
      reason: isApproved ? Reason.APPROVED : Reason.INSUFFICIENT_BALANCE,
      iso8583Code: isApproved ? '00' : '51',
      category: isApproved ? categoryOf(mcc) : '',
      effectiveMcc: mcc,
      merchantRule: this.padding,
      balance: isApproved ? 7n : undefined,
      replayed: false,
      decidedAt: new Date(),
      retry: isApproved ? Retry.NEVER : Retry.LATER,
      approvedAmount: isApproved ? amount : 0n,
      approvalCode: isApproved ? '7K3Q9Z' : '',
      held: false,
      heldUntil: undefined,
    }
  }
}

function categoryOf(mcc: string): string {
  return mcc === '5999' ? 'CASH' : 'FOOD'
}

/** AuthorizeStream, with its response written by hand: the id, and the answer or the error. */
const streamMethod: MethodDefinition<AuthorizeRequest, Streamed> = {
  path: '/benefits.v1.AuthorizationService/AuthorizeStream',
  requestStream: true,
  responseStream: true,
  requestSerialize: AuthorizationServiceService.authorize.requestSerialize,
  requestDeserialize: AuthorizationServiceService.authorize.requestDeserialize,
  responseSerialize: ({ transactionId, decided }) => {
    const writer = new BinaryWriter().uint32(0x12).string(transactionId)
    if (typeof decided === 'number') {
      Status.encode({ code: decided, message: MESSAGE, details: [] }, writer.uint32(0x22).fork()).join()
    } else {
      AuthorizeResponse.encode(decided, writer.uint32(0x1a).fork()).join()
    }
    return Buffer.from(writer.finish())
  },
  responseDeserialize: () => {
    throw new Error('nobody reads these here')
  },
}
