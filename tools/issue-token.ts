import jwt from 'jsonwebtoken'
import { type Config, hasKeyFile } from '../src/config.js'
import { secretAlgorithms } from '../src/keys/token-key.js'
import { localSecret } from '../src/local-secret.js'

export type TokenOptions = {
  /** Names of scopes, with spaces between them. */
  readonly scope: string
  readonly subject: string
  readonly lifetimeSeconds: number
}

/** Issues a token that a service with this configuration accepts. Fails where only others can: those who have a private key. */
export async function issueToken(config: Config, options: TokenOptions): Promise<string> {
  const { jwtAlgorithms, jwtIssuer, jwtAudience } = config
  const { scope, subject, lifetimeSeconds } = options
  const algorithm = jwtAlgorithms.find((each) => secretAlgorithms.some((ofSecrets) => ofSecrets === each))
  const secret = await secretOf(config)
  if (algorithm === undefined || secret === undefined) {
    throw new Error(
      'the configuration verifies tokens with public keys only: who has the private key signs them',
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

async function secretOf(config: Config): Promise<string | undefined> {
  if (config.jwtSecret !== undefined) return config.jwtSecret
  return hasKeyFile(config) ? undefined : await localSecret(config.dataDir)
}
