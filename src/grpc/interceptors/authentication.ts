import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js'
import { callContextOf, type Principal } from '../call-context.js'
import { CallError, type CallErrorKind, serviceErrorOf } from '../call-error.js'
import type { Peer } from '../connections/connection-guard.js'
import { isOpenMethod, methodScopes } from '../tokens/method-scopes.js'
import type { RejectionReason } from '../tokens/token-rejection.js'
import type { TokenVerifier } from '../tokens/token-verifier.js'

export type AuthenticationOptions = {
  readonly verifier: TokenVerifier
  /** When false, a token without a claim of scopes may call every method. */
  readonly requireScope: boolean
  /** Called when a call is rejected. The caller does not learn the reason. */
  readonly onRejection: (reason: RejectionReason) => void
  /** Called with the remote end of each call that presents a valid token. */
  readonly onAuthenticated: (peer: Peer) => void
}

/** Rejects calls without a valid bearer token whose scopes allow the method. Open methods need no token. */
export function authentication(options: AuthenticationOptions): ServerInterceptor {
  return (method, call) => {
    if (isOpenMethod(method.path)) return new ServerInterceptingCall(call)

    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const context = callContextOf(metadata)
        const reject = (reason: RejectionReason, kind: CallErrorKind) => {
          context.rejection = reason
          options.onRejection(reason)
          call.sendStatus(serviceErrorOf(new CallError(kind)))
        }
        const { principal, rejection } = authenticate(metadata, options.verifier)
        if (principal) options.onAuthenticated(call.getConnectionInfo())
        if (!principal) {
          reject(rejection, 'UNAUTHENTICATED')
        } else if (!allows(principal, method.path, options.requireScope)) {
          reject('SCOPE_MISSING', 'SCOPE_MISSING')
        } else {
          context.principal = principal
          next(metadata)
        }
      })
      .build()
    return new ServerInterceptingCall(call, { start: (next) => next(listener) })
  }
}

type Authentication =
  | { readonly principal: Principal; readonly rejection?: never }
  | { readonly rejection: RejectionReason; readonly principal?: never }

function authenticate(metadata: Metadata, verifier: TokenVerifier): Authentication {
  const [header, ...more] = metadata.get('authorization')
  if (header === undefined) return { rejection: 'MISSING' }
  // HTTP joins repeated headers with a comma, which no token contains.
  if (more.length > 0 || header.includes(',')) return { rejection: 'MORE_THAN_ONE' }
  const token = /^Bearer +([^ ]+)$/i.exec(header.toString())?.[1]
  return token === undefined ? { rejection: 'MALFORMED' } : verifier.verify(token)
}

function allows({ scopes }: Principal, path: string, requireScope: boolean): boolean {
  if (!scopes) return !requireScope
  return methodScopes.get(path)?.some((scope) => scopes.has(scope)) ?? false
}
