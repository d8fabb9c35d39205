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
import type { RefusalReason } from '../tokens/token-refusal.js'
import type { TokenVerifier } from '../tokens/token-verifier.js'

export type AuthenticationOptions = {
  readonly verifier: TokenVerifier
  /** When false, a token without a claim of scopes may call every method. */
  readonly requireScope: boolean
  /** Called when a call is rejected. The caller does not learn the reason. */
  readonly onRefusal: (reason: RefusalReason) => void
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
        const reject = (reason: RefusalReason, kind: CallErrorKind) => {
          context.refusal = reason
          options.onRefusal(reason)
          call.sendStatus(serviceErrorOf(new CallError(kind)))
        }
        const { principal, refusal } = authenticate(metadata, options.verifier)
        if (principal) options.onAuthenticated(call.getConnectionInfo())
        if (!principal) {
          reject(refusal, 'UNAUTHENTICATED')
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
  | { readonly principal: Principal; readonly refusal?: never }
  | { readonly refusal: RefusalReason; readonly principal?: never }

function authenticate(metadata: Metadata, verifier: TokenVerifier): Authentication {
  const [header, ...more] = metadata.get('authorization')
  if (header === undefined) return { refusal: 'MISSING' }
  // HTTP joins repeated headers with a comma, which no token contains.
  if (more.length > 0 || header.includes(',')) return { refusal: 'MORE_THAN_ONE' }
  const token = /^Bearer +([^ ]+)$/i.exec(header.toString())?.[1]
  return token === undefined ? { refusal: 'MALFORMED' } : verifier.verify(token)
}

function allows({ scopes }: Principal, path: string, requireScope: boolean): boolean {
  if (!scopes) return !requireScope
  const scope = methodScopes.get(path)
  return scope !== undefined && scopes.has(scope)
}
