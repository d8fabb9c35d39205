import { type Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { messageNamed } from './contract.js'

/** The failure of a call. */
export type RpcError = StatusError & { readonly trailers: Metadata }

/** The content of a google.rpc.Status. */
export type StatusError = {
  /** Name of the status code. */
  readonly code: string
  readonly message: string
  /** google.rpc.ErrorInfo. */
  readonly info: { readonly reason: string; readonly domain: string } | undefined
  /** The fields that google.rpc.BadRequest names, in its order; none without one. */
  readonly badFields: readonly string[]
  /** google.rpc.RetryInfo, in milliseconds. */
  readonly retryAfterMs: number | undefined
}

/** The content of google.rpc.Status: the fields of the three types of detail that we send. */
type Detail = {
  readonly reason: string
  readonly domain: string
  readonly field_violations: readonly { readonly field: string }[]
  readonly retry_delay: { readonly seconds: string; readonly nanos: number }
}

/** google.rpc.Status as it comes over the wire. */
export type RichStatus = {
  readonly code: number
  readonly message: string
  readonly details: readonly { readonly type_url: string; readonly value: Buffer }[]
}

/** Reads an error as grpc-js reports it, with the details in its trailers. */
export function rpcErrorOf(error: ServiceError): RpcError {
  const { code, details: message, metadata: trailers } = error
  return { ...statusErrorOf({ code, message, details: detailsIn(trailers) }), trailers }
}

/** Reads an error that came as a message. */
export function statusErrorOf({ code, message, details }: RichStatus): StatusError {
  const byName = named(details)
  const info = byName.get('google.rpc.ErrorInfo')
  const delay = byName.get('google.rpc.RetryInfo')?.retry_delay
  return {
    code: status[code] ?? String(code),
    message,
    info: info && { reason: info.reason, domain: info.domain },
    badFields: byName.get('google.rpc.BadRequest')?.field_violations.map(({ field }) => field) ?? [],
    retryAfterMs: delay && Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000,
  }
}

function detailsIn(trailers: Metadata): RichStatus['details'] {
  const [bytes] = trailers.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(bytes)) return []
  return messageNamed<RichStatus>('google.rpc.Status').deserialize(bytes).details
}

function named(details: RichStatus['details']): ReadonlyMap<string, Detail> {
  return new Map(
    details.map(({ type_url, value }) => {
      const name = type_url.replace('type.googleapis.com/', '')
      return [name, messageNamed<Detail>(name).deserialize(value)]
    }),
  )
}
