import { type DescMessage, fromBinary, type Registry, toJson } from '@bufbuild/protobuf'
import type { ConnectError } from '@connectrpc/connect'

const ERROR_INFO = 'google.rpc.ErrorInfo'
/** Domain of every ErrorInfo of the service. */
const ERROR_DOMAIN = 'benefits.v1'

/** The types that errors carry. */
export type ErrorDetails = {
  readonly registry: Registry
  readonly errorInfo: DescMessage
}

/** @throws Error when the descriptors lack the type. */
export function errorDetailsIn(registry: Registry): ErrorDetails {
  const errorInfo = registry.getMessage(ERROR_INFO)
  if (!errorInfo) throw new Error(`the descriptors have no ${ERROR_INFO}: run npm run generate`)
  return { registry, errorInfo }
}

/** Returns the reason in the error's ErrorInfo; undefined without one. */
export function reasonOf(error: ConnectError, { errorInfo }: ErrorDetails): string | undefined {
  const [info] = error.findDetails(errorInfo)
  if (!info) return undefined
  const json = toJson(errorInfo, info)
  return typeof json === 'object' && json !== null && 'reason' in json ? String(json['reason']) : undefined
}

/** Adds an ErrorInfo with the reason to an error that the gRPC port has not made. */
export function addReason(error: ConnectError, reason: string, { errorInfo }: ErrorDetails): ConnectError {
  error.details.push({ desc: errorInfo, value: { reason, domain: ERROR_DOMAIN } })
  return error
}

/** Decodes the details of an error, so that its JSON shows them in words, too. Unknown ones stay bytes. */
export function withReadableDetails(error: ConnectError, { registry }: ErrorDetails): ConnectError {
  error.details = error.details.map((detail) => {
    const desc = 'type' in detail ? registry.getMessage(detail.type) : undefined
    if (!desc || !('type' in detail)) return detail
    return { ...detail, debug: toJson(desc, fromBinary(desc, detail.value)) }
  })
  return error
}
