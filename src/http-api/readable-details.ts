import { fromBinary, type Registry, toJson } from '@bufbuild/protobuf'
import { ConnectError, type Interceptor } from '@connectrpc/connect'

/** Adds to each detail of an error the JSON of its message, which is otherwise only in base64. */
export function readableDetails(registry: Registry): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      error.details = error.details.map((detail) => {
        if ('desc' in detail) return detail
        const message = registry.getMessage(detail.type)
        return message ? { ...detail, debug: toJson(message, fromBinary(message, detail.value)) } : detail
      })
      throw error
    }
  }
}
