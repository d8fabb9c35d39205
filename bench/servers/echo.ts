import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { readSettings } from '../../src/config.js'
import {
  AuthorizationServiceService,
  type AuthorizeRequest,
  type AuthorizeResponse,
  Decision,
  Reason,
  Retry,
} from '../../src/gen/benefits/v1/authorization.js'
import { createLogger } from '../../src/observability/logging/logger.js'

/** The floor under everything that speaks gRPC in Node.js: one fixed answer; no interceptors, no checks, no database. */
const answer: Omit<AuthorizeResponse, 'transactionId'> = {
  code: '00',
  decision: Decision.APPROVED,
  reason: Reason.APPROVED,
  iso8583Code: '00',
  category: 'FOOD',
  effectiveMcc: '5411',
  merchantRule: '',
  balance: 100_000n,
  replayed: false,
  decidedAt: new Date(),
  retry: Retry.NEVER,
  approvedAmount: 1n,
  approvalCode: '7K3Q9Z',
  held: false,
  heldUntil: undefined,
}

const one: handleUnaryCall<AuthorizeRequest, AuthorizeResponse> = ({ request }, callback) =>
  callback(null, { transactionId: request.transactionId, ...answer })

/** An answer on a stream, as the contract has it. */
type StreamAnswer = {
  /** Place of the request in the stream. */
  readonly index: bigint
  readonly transactionId: string
  readonly outcome: { readonly $case: 'response'; readonly value: AuthorizeResponse }
}

const many: handleBidiStreamingCall<AuthorizeRequest, StreamAnswer> = (stream) => {
  let index = 0n
  stream.on('data', ({ transactionId }: AuthorizeRequest) => {
    stream.write({
      index,
      transactionId,
      outcome: { $case: 'response', value: { transactionId, ...answer } },
    })
    index += 1n
  })
  stream.on('end', () => stream.end())
}

const config = readSettings(process.env)
const logger = createLogger({ level: config.logLevel, format: config.logFormat })
const server = new Server({ 'grpc.enable_channelz': 0, 'grpc.max_concurrent_streams': 1_000 })
const methods = Object.entries(AuthorizationServiceService).map(([name, { requestStream }]) => [
  name,
  requestStream ? many : one,
])
const echo: UntypedServiceImplementation = Object.fromEntries(methods)
server.addService(AuthorizationServiceService, echo)

const grpcPort = await new Promise<number>((resolve, reject) => {
  const address = `${config.host}:${config.grpcPort}`
  server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  )
})
logger.info({ grpcPort }, 'listening')
logger.info('serving')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

function stop(): void {
  server.forceShutdown()
  process.exit(0)
}
