import jwt from 'jsonwebtoken'
import type { Config } from '../src/config.js'
import { localSecret } from '../src/local-secret.js'

export type TokenOptions = {
  /** Names of scopes, with spaces between them. */
  readonly scope: string
  readonly subject: string
  readonly lifetimeSeconds: number
}

/** Issues a token that a service with this configuration accepts. */
export async function issueToken(config: Config, options: TokenOptions): Promise<string> {
  const { jwtSecret, jwtAlgorithms, jwtIssuer, jwtAudience, dataDir } = config
  const { scope, subject, lifetimeSeconds } = options
  return jwt.sign({ scope }, jwtSecret ?? (await localSecret(dataDir)), {
    algorithm: jwtAlgorithms[0] ?? 'HS256',
    subject,
    expiresIn: lifetimeSeconds,
    ...(jwtIssuer !== undefined && { issuer: jwtIssuer }),
    ...(jwtAudience !== undefined && { audience: jwtAudience }),
  })
}
