import { Client, type ClientWritableStream, Metadata, type MethodDefinition } from '@grpc/grpc-js'
import type { Config } from '../src/config.js'
import { channelCredentials } from './channel-credentials.js'
import { issueToken, type TokenOptions } from './issue-token.js'
import { addressOf, explained } from './service-client.js'

export type ClientStream<Request, Response> = {
  readonly config: Config
  readonly token: Pick<TokenOptions, 'scope' | 'subject'>
  readonly method: MethodDefinition<Request, Response>
  readonly requests: Iterable<Request> | AsyncIterable<Request>
  /** Longest time that it may take, in milliseconds; absent: as long as the requests take. */
  readonly durationMsMax?: number
}

/** Sends requests as fast as the service takes them, and returns its answer. Throws Error with one line for the user. */
export async function sendStream<Request, Response>(
  call: ClientStream<Request, Response>,
): Promise<Response> {
  const { config, method, requests, durationMsMax } = call
  const token = await issueToken(config, { ...call.token, lifetimeSeconds: 60 })
  const address = addressOf(config)
  const client = new Client(address, channelCredentials(config))
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${token}`)
  try {
    return await new Promise((resolve, reject) => {
      const stream = client.makeClientStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        metadata,
        durationMsMax === undefined ? {} : { deadline: Date.now() + durationMsMax },
        (error, response) => {
          if (response) resolve(response)
          else reject(error ? explained(error, address) : new Error('the service gave no answer'))
        },
      )
      writeAll(stream, requests).catch((error: unknown) => {
        stream.cancel()
        reject(error)
      })
    })
  } finally {
    client.close()
  }
}

async function writeAll<Request>(
  stream: ClientWritableStream<Request>,
  requests: Iterable<Request> | AsyncIterable<Request>,
): Promise<void> {
  let goOn = () => {}
  for (const event of ['drain', 'status', 'close']) stream.on(event, () => goOn())
  for await (const request of requests) {
    if (stream.destroyed) return
    if (stream.write(request)) continue
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
  }
  stream.end()
}
