import { EventEmitter } from 'node:events'
import {
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { setCallContext } from '../../../src/grpc/call-context.js'
import { eventually } from '../eventually.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'

/**
 * Calls a handler as grpc-js would, without a server. The token of the caller names `ana`. The caller has no
 * deadline and retries UNAVAILABLE, as callers with a slow database do.
 */
export async function callHandler<Request, Response>(
  handler: handleUnaryCall<Request, Response>,
  request: Request,
): Promise<Response> {
  return await eventually('the handler answers', async () => {
    try {
      return await callOnce(handler, request)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === status.UNAVAILABLE) return undefined
      throw error
    }
  })
}

function callOnce<Request, Response>(
  handler: handleUnaryCall<Request, Response>,
  request: Request,
): Promise<Response> {
  const metadata = new Metadata()
  setCallContext(metadata, {
    requestId: 'r-1',
    endsAtMs: Number.POSITIVE_INFINITY,
    principal: { subject: 'ana', expiresAtMs: Number.POSITIVE_INFINITY },
  })
  const call = Object.assign(new EventEmitter(), { request, metadata, cancelled: false })
  return new Promise((resolve, reject) => {
    // Handlers use nothing else of a call.
    handler(call as unknown as ServerUnaryCall<Request, Response>, (error, response) => {
      call.emit('cancelled')
      if (error) reject(error)
      else if (response) resolve(response)
      else reject(new Error('neither an answer nor an error'))
    })
  })
}

/** Calls a handler that must fail, and returns the error as a client would read it. */
export async function failHandler<Request, Response>(
  handler: handleUnaryCall<Request, Response>,
  request: Request,
): Promise<RpcError> {
  const outcome = await callOnce(handler, request).then(
    () => new Error('no error, but an answer'),
    (error: ServiceError) => error,
  )
  if (!('metadata' in outcome)) throw outcome
  return rpcErrorOf(outcome)
}
