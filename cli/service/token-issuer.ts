import { join } from 'node:path'
import jwt from 'jsonwebtoken'
import { hasKeyFile } from '../../src/config.js'
import { secretAlgorithms } from '../../src/keys/token-key.js'
import { localSecret } from '../../tools/dev/local-secret.js'
import type { Configuration } from '../configuration.js'
import { Failure } from '../failure.js'

export type TokenOptions = {
  /** Names of scopes, with spaces between them. */
  readonly scope: string
  readonly subject: string
  readonly lifetimeSeconds: number
}

/**
 * Issues a token that a service with this configuration accepts.
 *
 * @throws Failure when the configuration has only public keys.
 */
export async function issueToken(config: Configuration, options: TokenOptions): Promise<string> {
  const { jwtAlgorithms, jwtIssuer, jwtAudience } = config
  const { scope, subject, lifetimeSeconds } = options
  const algorithm = jwtAlgorithms.find((each) => secretAlgorithms.some((ofSecrets) => ofSecrets === each))
  const secret = await secretOf(config)
  if (algorithm === undefined || secret === undefined) {
    throw new Failure(
      'the configuration has only public keys, which cannot sign a token: give one with --token or BENEFITS_TOKEN',
    )
  }
  return jwt.sign({ scope }, secret, {
    algorithm,
    subject,
    expiresIn: lifetimeSeconds,
    ...(jwtIssuer !== undefined && { issuer: jwtIssuer }),
    ...(jwtAudience !== undefined && { audience: jwtAudience }),
  })
}

/** Names the source of the secret that signs tokens. */
export function secretSource({ jwtSecret, dataDir }: Configuration): string {
  return jwtSecret === undefined ? join(dataDir, 'jwt-secret') : 'JWT_SECRET'
}

async function secretOf(config: Configuration): Promise<string | undefined> {
  if (config.jwtSecret !== undefined) return config.jwtSecret
  return hasKeyFile(config) ? undefined : await localSecret(config.dataDir)
}
