import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'
import type { Configuration } from '../configuration.js'
import { Failure } from '../failure.js'
import { readFailure } from '../files/read-failure.js'

/** What a command was told about TLS. */
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
 * Plaintext, or TLS when it is asked for or configured. Without files of its own a command trusts the authority that `make certs` made, or
 * else those that Node trusts; and it shows the client's certificate that `make certs` made.
 */
export function channelCredentials(config: Configuration, options: TlsOptions): ChannelCredentials {
  if (!usesTls(config, options)) return credentials.createInsecure()
  const { tlsCa, tlsCert, tlsKey } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new Failure('--tls-cert and --tls-key belong together: the certificate, and its private key')
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
