import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import { metadataOf } from './client.js'
import { methodNamed } from './contract.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'

export type BytesOutcome<Response> = {
  readonly answers: readonly Response[]
  /** Absent when the call ended with OK. */
  readonly error?: RpcError
}

/** Sends these messages unchanged to any method, and returns all answers. */
export async function callWithBytes<Response>(
  address: string,
  path: string,
  messages: readonly Buffer[],
): Promise<BytesOutcome<Response>> {
  const [, service = '', name = ''] = path.split('/')
  const { responseDeserialize } = methodNamed<never, Response>(service, name)
  const client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
  try {
    return await new Promise((resolve) => {
      const answers: Response[] = []
      // On the wire a method for single messages is a stream of one.
      const call = client.makeBidiStreamRequest<Buffer, Response>(
        path,
        (body) => body,
        responseDeserialize,
        metadataOf({}),
        { deadline: Date.now() + 60_000 },
      )
      call.on('data', (answer: Response) => answers.push(answer))
      call.on('error', (error: ServiceError) => resolve({ answers, error: rpcErrorOf(error) }))
      call.on('end', () => setImmediate(() => resolve({ answers })))
      for (const message of messages) call.write(message)
      call.end()
    })
  } finally {
    client.close()
  }
}
