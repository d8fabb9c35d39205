import { userInfo } from 'node:os'
import jwt from 'jsonwebtoken'
import type { Configuration } from '../configuration.js'
import { issueToken, secretSource } from './token-issuer.js'

/** Lifetime of a token that a command makes for a call or a stream, in seconds. */
const LIFETIME_SECONDS = 60
/** Allowed difference between the clocks of the service and this machine, in milliseconds. */
const CLOCKS_APART_MS_MAX = 5_000

/** The tokens of a command: the given token, or a new token for each call. */
export class Tokens {
  readonly #config: Configuration
  readonly #given: string | undefined
  readonly #lifetimeSeconds: number

  constructor(config: Configuration, given: string | undefined, lifetimeSeconds = LIFETIME_SECONDS) {
    this.#config = config
    this.#given = given
    this.#lifetimeSeconds = lifetimeSeconds
  }

  /** Whether an expired token is replaced by a new one. */
  get areRenewed(): boolean {
    return this.#given === undefined
  }

  async next(scope: string): Promise<string> {
    if (this.#given !== undefined) return this.#given
    return await issueToken(this.#config, {
      scope,
      subject: subjectHere(),
      lifetimeSeconds: this.#lifetimeSeconds,
    })
  }

  /** Explains why the service may have rejected this token. */
  rejection(token: string): string {
    if (this.#given === undefined) {
      const source = secretSource(this.#config)
      return `the token was signed here with ${source}, but the service expects another secret, issuer or audience (it reads .env in its own folder)`
    }
    if (isExpired(token)) return `the given token expired at ${expiryOf(token)?.toISOString()}`
    return 'the service does not accept the given token'
  }
}

/** Whether the token has expired, by clocks that may differ a little. */
export function isExpired(token: string): boolean {
  const expiry = expiryOf(token)
  return expiry !== undefined && expiry.getTime() <= Date.now() + CLOCKS_APART_MS_MAX
}

/** Names the user in the entries that a command creates. */
export function subjectHere(): string {
  const name = userInfo().username.replaceAll(/[^\w.@-]/g, '_')
  return `benefits/${name}`
}

function expiryOf(token: string): Date | undefined {
  const claims = jwt.decode(token)
  return typeof claims === 'object' && claims?.exp !== undefined ? new Date(claims.exp * 1_000) : undefined
}
