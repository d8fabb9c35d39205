import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'
import type { Config } from '../src/config.js'

/**
 * What the commands reach the service with: plaintext, or TLS when it is configured. Then they trust the authority that `make certs`
 * made, or, where there is none, those that Node trusts; and they show the client's certificate that it made.
 */
export function channelCredentials({ grpcTlsCertFile, dataDir }: Config): ChannelCredentials {
  if (grpcTlsCertFile === undefined) return credentials.createInsecure()
  const read = (name: string) => {
    const path = join(dataDir, 'certs', name)
    return existsSync(path) ? readFileSync(path) : null
  }
  return credentials.createSsl(read('ca.pem'), read('client-key.pem'), read('client.pem'))
}
