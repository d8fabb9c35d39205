import { isIP } from 'node:net'
import { join } from 'node:path'
import { loadEnvFile } from '../../src/config.js'
import { argument, runCommand } from '../command.js'
import { makeLocalCertificates } from './certificates/local-certificates.js'
import { readDevSettings } from './dev-settings.js'

await runCommand('certs', async () => {
  loadEnvFile()
  const { dataDir } = readDevSettings(process.env)
  const hosts = (argument('hosts') ?? '').split(/[\s,]+/).filter(Boolean)
  for (const host of hosts) {
    if (isIP(host) === 0 && !/^[\w*][\w.-]{0,252}$/.test(host)) {
      throw new Error('hosts= must be names and IP addresses, for example hosts="authorizer.test 10.0.0.7"')
    }
  }
  const folder = join(dataDir, 'certs')
  await makeLocalCertificates({ folder, hosts, now: new Date() })
  console.log(
    [
      `# in ${folder}: the authority, a certificate for the service and one for a client. In .env:`,
      `GRPC_TLS_CERT_FILE=${join(folder, 'server.pem')}`,
      `GRPC_TLS_KEY_FILE=${join(folder, 'server-key.pem')}`,
      '# and, to accept only clients with a certificate:',
      `GRPC_TLS_CLIENT_CA_FILE=${join(folder, 'ca.pem')}`,
    ].join('\n'),
  )
})
