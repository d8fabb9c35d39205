import { readFileSync } from 'node:fs'
import type { JsonObject } from '@bufbuild/protobuf'
import {
  createFileRegistry,
  type DescMethod,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
} from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { Client, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import type { Config } from '../src/config.js'
import { channelCredentials } from './channel-credentials.js'

/** Longest time that a call may take unless it says otherwise, in milliseconds. */
const CALL_MS_MAX = 5_000
/** Trailer of every error that comes from the service itself and not from the connection. */
const DETAILS_TRAILER = 'grpc-status-details-bin'

export type Call = {
  /** Where the service listens. */
  readonly config: Config
  readonly token: string
  /** Such as `benefits.v1.AuthorizationService`. */
  readonly service: string
  /** In camel case, such as `authorize`. */
  readonly method: string
  readonly request: JsonObject
  /** Longest time that the call may take, in milliseconds. */
  readonly durationMsMax?: number
}

/**
 * Calls a method of the running service, with requests and answers in the JSON mapping of Protocol Buffers.
 *
 * @throws Error with one line for the user when there is no answer.
 */
export async function callService({
  config,
  token,
  service,
  method,
  request,
  durationMsMax = CALL_MS_MAX,
}: Call): Promise<JsonObject> {
  const address = addressOf(config)
  const { registry, description } = describe(service, method)
  const client = new Client(address, channelCredentials(config))
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${token}`)
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/${service}/${description.name}`,
        (message: JsonObject) =>
          Buffer.from(toBinary(description.input, fromJson(description.input, message))),
        (bytes: Buffer) =>
          toJson(description.output, fromBinary(description.output, bytes), { registry }) as JsonObject,
        request,
        metadata,
        { deadline: Date.now() + durationMsMax },
        (error, answer) => (error ? reject(explained(error, address)) : resolve(answer ?? {})),
      )
    })
  } finally {
    client.close()
  }
}

/** Where the service listens, as a client writes it. */
export function addressOf(config: Config): string {
  const host = callable(config)
  return `${host.includes(':') ? `[${host}]` : host}:${config.grpcPort}`
}

/** Listening on every address is no address to call. And with TLS this machine goes by its name: an address may not be asked for (RFC 6066). */
function callable({ host, grpcTlsCertFile }: Config): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const isLoopback = own === '127.0.0.1' || own === '::1'
  return isLoopback && grpcTlsCertFile !== undefined ? 'localhost' : own
}

function describe(service: string, method: string) {
  const descriptors = readFileSync(new URL('../src/gen/descriptors.binpb', import.meta.url))
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors))
  const description: DescMethod | undefined = registry.getService(service)?.method[method]
  if (!description) throw new Error(`the protos have no method ${service}.${method}`)
  return { registry, description }
}

/** The service's message names the fields that are wrong. */
export function explained({ code, details, metadata }: ServiceError, address: string): Error {
  const fromService = metadata.get(DETAILS_TRAILER).length > 0
  if (code === status.UNAVAILABLE && !fromService) {
    return new Error(`no service answers on ${address}: start it with make run`)
  }
  return new Error(`${status[code]}: ${details.replace(/\s+/g, ' ')}`)
}
