import { isDeepStrictEqual } from 'node:util'
import { ServerCredentials } from '@grpc/grpc-js'
import type { Config } from '../config.js'
import { TlsCredentials } from '../grpc/connections/tls-credentials.js'
import { TokenVerifier } from '../grpc/tokens/token-verifier.js'
import type { Keys } from '../keys/key-files.js'

/** The parts of the gRPC port that use the keys. */
export type Credentials = {
  /** The port's own: TLS, or none. */
  readonly server: ServerCredentials
  readonly verifier: TokenVerifier
  /** Replaces the certificates and token keys. TLS cannot be switched on or off. */
  readonly useKeys: (keys: Keys) => void
}

/** Creates the credentials with the keys that the service starts with. */
export function createCredentials(config: Config, keys: Keys): Credentials {
  const tls = keys.tls && new TlsCredentials(keys.tls)
  const verifier = new TokenVerifier({
    keys: keys.tokens,
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
    nowMs: Date.now,
  })
  let used = keys
  return {
    server: tls ?? ServerCredentials.createInsecure(),
    verifier,
    useKeys: (next) => {
      // Unchanged keys keep their caches: verified tokens, and TLS sessions.
      if (next.tls && !isDeepStrictEqual(next.tls, used.tls)) tls?.replace(next.tls)
      if (!isDeepStrictEqual(next.tokens, used.tokens)) verifier.replaceKeys(next.tokens)
      used = next
    },
  }
}
