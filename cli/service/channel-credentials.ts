import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'
import type { Configuration } from '../configuration.js'
import { Failure } from '../failure.js'
import { readFailure } from '../files/read-failure.js'

/** The TLS options of a command. */
export type TlsOptions = {
  readonly tls?: boolean
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
}

export function usesTls(
  { grpcTlsCertFile }: Configuration,
  { tls, tlsCa, tlsCert, tlsKey }: TlsOptions,
): boolean {
  return tls ?? [grpcTlsCertFile, tlsCa, tlsCert, tlsKey].some((file) => file !== undefined)
}

/**
 * Uses plaintext, or TLS when requested or configured. By default a command trusts the authority of `make
 * certs`, or else those that Node trusts, and presents the client certificate of `make certs`.
 */
export function channelCredentials(config: Configuration, options: TlsOptions): ChannelCredentials {
  if (!usesTls(config, options)) return credentials.createInsecure()
  const { tlsCa, tlsCert, tlsKey } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new Failure('--tls-cert and --tls-key must be given together')
  const made = (name: string) => {
    const path = join(config.dataDir, 'certs', name)
    return existsSync(path) ? readFileSync(path) : null
  }
  const given = (path: string | undefined) => (path === undefined ? undefined : readPem(path))
  return credentials.createSsl(
    given(tlsCa) ?? made('ca.pem'),
    given(tlsKey) ?? made('client-key.pem'),
    given(tlsCert) ?? made('client.pem'),
  )
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw readFailure(path, error)
  }
}
