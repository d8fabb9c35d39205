import { expect } from 'chai'
import { findUnknownVariables } from '../../src/config.js'
import { knownVariables } from '../support/known-variables.js'

/** The findings of the service in an environment with these names, including those of `.env`. */
function unknown(environment: readonly string[], file: readonly string[] = []) {
  const names = [...environment, ...file]
  return findUnknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])), file)
}

describe('unknown variables', () => {
  for (const [name, nearest] of [
    ['GRCP_PORT', 'GRPC_PORT'],
    ['GRPCPORT', 'GRPC_PORT'],
    ['grpc_port', 'GRPC_PORT'],
    ['MONGO_DATABASE', 'MONGODB_DATABASE'],
    ['JWT_SECRETS', 'JWT_SECRET'],
    ['DECISION_TIMEOUT_S', 'DECISION_TIMEOUT_MS'],
  ] as const) {
    it(`include misspelt names, such as ${name}, with the nearest name`, () => {
      expect(unknown([name])).to.deep.equal([{ name, nearest }])
    })
  }

  it('include all others in .env, with or without a near name', () => {
    expect(unknown([], ['TIMEOUT', 'HTTP_PROT'])).to.deep.equal([
      { name: 'TIMEOUT' },
      { name: 'HTTP_PROT', nearest: 'HTTP_PORT' },
    ])
  })

  it('include no name of the example file', () => {
    expect(unknown([], knownVariables())).to.deep.equal([])
  })

  // Variables that shells, Kubernetes, Node.js, gRPC, proxies and CI set.
  for (const name of [
    ...['HOME', 'PATH', 'PWD', 'LANG', 'LOGNAME', 'HOSTNAME', 'SHELL', 'TERM', 'USER', 'MAIL', 'EDITOR'],
    ...['KUBERNETES_PORT', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_PORT_443_TCP_PORT', 'MONGODB_SERVICE_HOST'],
    ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_VERSION', 'npm_config_cache', 'npm_execpath', 'INIT_CWD'],
    ...['GRPC_TRACE', 'GRPC_VERBOSITY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'GITHUB_TOKEN', 'CI'],
  ]) {
    it(`exclude those of other programs in the environment, such as ${name}`, () => {
      expect(unknown([name])).to.deep.equal([])
    })
  }

  for (const name of ['OTEL_SERVICE_NAMES', 'COMPOSE_PROJECT_NAME', 'GRAFANA_PORT', 'NODE_EXTRA_CA_CERTS']) {
    it(`exclude those that other programs read from .env, such as ${name}`, () => {
      expect(unknown([], [name])).to.deep.equal([])
    })
  }
})
