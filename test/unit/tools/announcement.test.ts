import { expect } from 'chai'
import { readSettings } from '../../../src/config.js'
import { announcement } from '../../../tools/dev/announcement.js'

const ports = { grpcPort: 50_051, httpPort: 8_080, httpApiPort: 8_000, healthPort: undefined }
const tls = { GRPC_TLS_CERT_FILE: 'cert', GRPC_TLS_KEY_FILE: 'key' }

/** The line of the announcement with this beginning. */
function lineOf(env: Readonly<Record<string, string>>, begin: string, grpcPort = 50_051): string {
  const lines = announcement(readSettings(env), { ...ports, grpcPort }).split('\n')
  return lines.find((line) => line.trim().startsWith(begin)) ?? ''
}

describe('the announcement of make run', () => {
  it('names both addresses', () => {
    expect(lineOf({}, 'benefits-authorizer')).to.equal(
      'benefits-authorizer is ready: gRPC on 127.0.0.1:50051, metrics and probes on http://127.0.0.1:8080',
    )
  })

  it('announces TLS', () => {
    expect(lineOf(tls, 'benefits-authorizer')).to.include('gRPC with TLS on 127.0.0.1:50051')
  })

  it('omits the address from the commands when they find the service on their own', () => {
    expect(lineOf({}, './benefits account')).to.equal('  ./benefits account show')
  })

  for (const [what, env, grpcPort, server] of [
    ['the port that the system chose', { GRPC_PORT: '0' }, 4_711, '127.0.0.1:4711'],
    [
      'this machine when the service listens on every address',
      { HOST: '0.0.0.0' },
      50_051,
      '127.0.0.1:50051',
    ],
    ['this machine when it listens on every address of IPv6', { HOST: '::' }, 50_051, '[::1]:50051'],
    ['the name in the certificate', { ...tls, GRPC_PORT: '4711' }, 4_711, 'localhost:4711'],
  ] as const) {
    it(`gives the commands ${what}`, () => {
      expect(lineOf(env, './benefits account', grpcPort)).to.equal(
        `  ./benefits account show --server ${server}`,
      )
    })
  }
})
