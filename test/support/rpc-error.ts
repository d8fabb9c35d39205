import { type Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { messageNamed } from './contract.js'

/** How a call ended when not with an answer. */
export type RpcError = {
  /** Name of the status code. */
  readonly code: string
  readonly message: string
  /** google.rpc.ErrorInfo. */
  readonly info: { readonly reason: string; readonly domain: string } | undefined
  /** The fields that google.rpc.BadRequest names, in its order; none without one. */
  readonly badFields: readonly string[]
  /** google.rpc.RetryInfo, in milliseconds. */
  readonly retryAfterMs: number | undefined
  readonly trailers: Metadata
}

/** What google.rpc.Status carries: the fields of the three kinds of detail that we send. */
type Detail = {
  readonly reason: string
  readonly domain: string
  readonly field_violations: readonly { readonly field: string }[]
  readonly retry_delay: { readonly seconds: string; readonly nanos: number }
}

type RichStatus = { readonly details: readonly { readonly type_url: string; readonly value: Buffer }[] }

/** Reads an error as grpc-js reports it, with the details in its trailers. */
export function rpcErrorOf(error: ServiceError): RpcError {
  const details = detailsOf(error.metadata)
  const info = details.get('google.rpc.ErrorInfo')
  const delay = details.get('google.rpc.RetryInfo')?.retry_delay
  return {
    code: status[error.code],
    message: error.details,
    info: info && { reason: info.reason, domain: info.domain },
    badFields: details.get('google.rpc.BadRequest')?.field_violations.map(({ field }) => field) ?? [],
    retryAfterMs: delay && Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000,
    trailers: error.metadata,
  }
}

function detailsOf(trailers: Metadata): ReadonlyMap<string, Detail> {
  const [bytes] = trailers.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(bytes)) return new Map()
  const { details } = messageNamed<RichStatus>('google.rpc.Status').deserialize(bytes)
  return new Map(
    details.map(({ type_url, value }) => {
      const name = type_url.replace('type.googleapis.com/', '')
      return [name, messageNamed<Detail>(name).deserialize(value)]
    }),
  )
}
