import { expect } from 'chai'
import { ConfigError, readConfig, readDatabaseConfig, readSettings } from '../../src/config.js'
import { readTracingSettings } from '../../src/observability/tracing/settings.js'

const secret = 'a secret of thirty-two bytes or more'

describe('config', () => {
  it('has a default for everything', () => {
    expect(readSettings({})).to.deep.equal({
      host: '127.0.0.1',
      grpcPort: 50_051,
      grpcTlsCertFile: undefined,
      grpcTlsKeyFile: undefined,
      grpcTlsClientCaFile: undefined,
      grpcHealthPort: undefined,
      grpcConnectionsMax: 1_000,
      httpPort: 8_080,
      httpApiPort: undefined,
      console: false,
      httpApiConnectionsMax: 1_000,
      httpApiCorsOrigins: [],
      mongodbUri: undefined,
      mongodbDatabase: 'benefits',
      mongodbPoolSize: 20,
      jwtSecret: undefined,
      jwtPreviousSecret: undefined,
      jwtPublicKeyFile: undefined,
      jwtJwksFile: undefined,
      jwtAlgorithms: ['HS256'],
      jwtIssuer: undefined,
      jwtAudience: undefined,
      keyFilesRefreshMs: 2_000,
      jwtRequireScope: false,
      logLevel: 'info',
      logFormat: 'auto',
      logApprovalsPerSecond: 20,
      logFailuresPerSecond: 100,
      tracing: readTracingSettings(() => undefined),
      decisionTimeoutMs: 2_000,
      queueMax: 1_024,
      queueWaitMs: 50,
      catalogRefreshMs: 1_000,
      shutdownTimeoutMs: 10_000,
      missingRail: 'accept',
      limitsTimeZone: 'America/Sao_Paulo',
      seedExamples: false,
    })
  })

  it('reads everything from the environment', () => {
    const config = readSettings({
      HOST: '0.0.0.0',
      GRPC_PORT: '1',
      GRPC_TLS_CERT_FILE: '/tls/tls.crt',
      GRPC_TLS_KEY_FILE: '/tls/tls.key',
      GRPC_TLS_CLIENT_CA_FILE: '/tls/ca.crt',
      GRPC_HEALTH_PORT: '3',
      GRPC_CONNECTIONS_MAX: '9',
      HTTP_PORT: '2',
      HTTP_API_PORT: '4',
      CONSOLE: 'true',
      HTTP_API_CONNECTIONS_MAX: '5',
      HTTP_API_CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      MONGODB_URI: 'mongodb+srv://db',
      MONGODB_DATABASE: 'other',
      MONGODB_POOL_SIZE: '3',
      JWT_SECRET: secret,
      JWT_PREVIOUS_SECRET: `${secret}, the last one`,
      JWT_PUBLIC_KEY_FILE: '/tokens/keys.pem',
      JWT_JWKS_FILE: '/tokens/jwks.json',
      JWT_ALGORITHMS: 'HS256, ES256',
      KEY_FILES_REFRESH_MS: '100',
      JWT_ISSUER: 'issuer',
      JWT_AUDIENCE: 'audience',
      JWT_REQUIRE_SCOPE: 'true',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'text',
      LOG_APPROVALS_PER_SECOND: '7',
      LOG_FAILURES_PER_SECOND: '8',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      DECISION_TIMEOUT_MS: '50',
      QUEUE_MAX: '4',
      QUEUE_WAIT_MS: '60',
      CATALOG_REFRESH_MS: '51',
      SHUTDOWN_TIMEOUT_MS: '100',
      MISSING_RAIL: 'decline',
      LIMITS_TIME_ZONE: 'America/Manaus',
      SEED_EXAMPLES: 'true',
    })
    expect(config).to.deep.equal({
      host: '0.0.0.0',
      grpcPort: 1,
      grpcTlsCertFile: '/tls/tls.crt',
      grpcTlsKeyFile: '/tls/tls.key',
      grpcTlsClientCaFile: '/tls/ca.crt',
      grpcHealthPort: 3,
      grpcConnectionsMax: 9,
      httpPort: 2,
      httpApiPort: 4,
      console: true,
      httpApiConnectionsMax: 5,
      httpApiCorsOrigins: ['https://a.example', 'http://localhost:5173'],
      mongodbUri: 'mongodb+srv://db',
      mongodbDatabase: 'other',
      mongodbPoolSize: 3,
      jwtSecret: secret,
      jwtPreviousSecret: `${secret}, the last one`,
      jwtPublicKeyFile: '/tokens/keys.pem',
      jwtJwksFile: '/tokens/jwks.json',
      jwtAlgorithms: ['HS256', 'ES256'],
      keyFilesRefreshMs: 100,
      jwtIssuer: 'issuer',
      jwtAudience: 'audience',
      jwtRequireScope: true,
      logLevel: 'debug',
      logFormat: 'text',
      logApprovalsPerSecond: 7,
      logFailuresPerSecond: 8,
      tracing: { ...readTracingSettings(() => undefined), on: true },
      decisionTimeoutMs: 50,
      queueMax: 4,
      queueWaitMs: 60,
      catalogRefreshMs: 51,
      shutdownTimeoutMs: 100,
      missingRail: 'decline',
      limitsTimeZone: 'America/Manaus',
      seedExamples: true,
    })
  })

  it('treats an empty variable as unset', () => {
    const empty = {
      HOST: '',
      GRPC_PORT: '',
      JWT_SECRET: '',
      JWT_ALGORITHMS: '',
      LOG_LEVEL: '',
      SEED_EXAMPLES: '',
    }
    expect(readSettings(empty)).to.deep.equal(readSettings({}))
  })

  it('accepts * as all origins', () => {
    expect(readSettings({ HTTP_API_CORS_ORIGINS: '*' }).httpApiCorsOrigins).to.equal('*')
  })

  it('is frozen', () => {
    expect(Object.isFrozen(readSettings({}))).to.equal(true)
  })

  it('is frozen in its lists too', () => {
    expect(Object.isFrozen(readSettings({ JWT_ALGORITHMS: 'HS256' }).jwtAlgorithms)).to.equal(true)
  })

  describe('whole numbers', () => {
    const limits = [
      ['GRPC_PORT', 'grpcPort', 0, 65_535],
      ['HTTP_PORT', 'httpPort', 0, 65_535],
      ['HTTP_API_PORT', 'httpApiPort', 0, 65_535],
      ['HTTP_API_CONNECTIONS_MAX', 'httpApiConnectionsMax', 1, 100_000],
      ['GRPC_HEALTH_PORT', 'grpcHealthPort', 0, 65_535],
      ['KEY_FILES_REFRESH_MS', 'keyFilesRefreshMs', 50, 60_000],
      ['MONGODB_POOL_SIZE', 'mongodbPoolSize', 2, 500],
      ['DECISION_TIMEOUT_MS', 'decisionTimeoutMs', 50, 60_000],
      ['QUEUE_MAX', 'queueMax', 1, 1_000_000],
      ['QUEUE_WAIT_MS', 'queueWaitMs', 1, 60_000],
      ['CATALOG_REFRESH_MS', 'catalogRefreshMs', 50, 1_500],
      ['SHUTDOWN_TIMEOUT_MS', 'shutdownTimeoutMs', 100, 600_000],
      ['LOG_APPROVALS_PER_SECOND', 'logApprovalsPerSecond', 0, 1_000_000],
    ] as const

    for (const [variable, key, min, max] of limits) {
      for (const value of [min, max]) {
        it(`${variable} may be ${value}`, () => {
          expect(readSettings({ [variable]: `${value}` })[key]).to.equal(value)
        })
      }

      for (const value of [`${min - 1}`, `${max + 1}`, '1e3', '60.5', ' 60', '0x40', 'many']) {
        it(`${variable} may not be ${JSON.stringify(value)}`, () => {
          expect(problemsOf({ [variable]: value })).to.deep.equal([
            `${variable} must be a whole number from ${min} to ${max}`,
          ])
        })
      }
    }

    it('both ports may be 0', () => {
      expect(problemsOf({ GRPC_PORT: '0', HTTP_PORT: '0' })).to.deep.equal([])
    })

    it('both ports may not be equal', () => {
      expect(problemsOf({ GRPC_PORT: '9000', HTTP_PORT: '9000' })).to.deep.equal([
        'GRPC_PORT and HTTP_PORT must differ',
      ])
    })

    it('the HTTP API may not use the port of another server', () => {
      expect(problemsOf({ GRPC_PORT: '8000', HTTP_API_PORT: '8000' })).to.deep.equal([
        'GRPC_PORT and HTTP_API_PORT must differ',
      ])
      expect(problemsOf({ HTTP_PORT: '8000', HTTP_API_PORT: '8000' })).to.deep.equal([
        'HTTP_PORT and HTTP_API_PORT must differ',
      ])
    })
  })

  describe('invalid values', () => {
    const bad: readonly (readonly [string, string])[] = [
      ['MONGODB_URI', 'postgres://user:password@db'],
      ['MONGODB_URI', 'mongo://user:password@db'],
      ['MONGODB_DATABASE', 'has space'],
      ['MONGODB_DATABASE', 'x'.repeat(64)],
      ['JWT_SECRET', 'x'.repeat(31)],
      ['JWT_ALGORITHMS', 'none'],
      ['JWT_ALGORITHMS', 'HS256,RS256'],
      ['JWT_REQUIRE_SCOPE', 'yes'],
      ['SEED_EXAMPLES', '1'],
      ['LOG_LEVEL', 'verbose'],
      ['LOG_FORMAT', 'xml'],
      ['MISSING_RAIL', 'DECLINE'],
      ['LIMITS_TIME_ZONE', 'Brasil/Central'],
      ['LIMITS_TIME_ZONE', '-03:00'],
      ['GRPC_PORT', 'many'],
      ['HTTP_API_CORS_ORIGINS', 'pages.test'],
      ['HTTP_API_CORS_ORIGINS', 'https://pages.test/path'],
      ['HTTP_API_CORS_ORIGINS', 'https://pages.test, *'],
    ]

    for (const [variable, value] of bad) {
      it(`${variable} may not be ${JSON.stringify(value)}, and the error names it`, () => {
        expect(problemsOf({ [variable]: value }).map((problem) => problem.split(' ')[0])).to.deep.equal([
          variable,
        ])
      })

      it(`${variable} may not be ${JSON.stringify(value)}, and the error does not show the value`, () => {
        expect(problemsOf({ [variable]: value }).join()).to.not.include(value)
      })
    }

    it('MONGODB_URI may not end before the host', () => {
      expect(problemsOf({ MONGODB_URI: 'mongodb://' }).length).to.equal(1)
    })

    it('are all reported at once', () => {
      const problems = problemsOf({
        GRPC_PORT: 'x',
        HTTP_PORT: 'x',
        MONGODB_URI: 'x',
        MONGODB_DATABASE: ' ',
        MONGODB_POOL_SIZE: 'x',
        JWT_SECRET: 'x',
        JWT_ALGORITHMS: 'x',
        JWT_REQUIRE_SCOPE: 'x',
        LOG_LEVEL: 'x',
        DECISION_TIMEOUT_MS: 'x',
        QUEUE_MAX: 'x',
        QUEUE_WAIT_MS: 'x',
        CATALOG_REFRESH_MS: 'x',
        SHUTDOWN_TIMEOUT_MS: 'x',
        SEED_EXAMPLES: 'x',
      })
      expect(problems.length).to.equal(15)
    })

    it('do not hide each other: an invalid port is not a port conflict', () => {
      expect(problemsOf({ GRPC_PORT: 'x', HTTP_PORT: '50051' })).to.deep.equal([
        'GRPC_PORT must be a whole number from 0 to 65535',
      ])
    })
  })

  describe('secrets', () => {
    it('need 32 bytes', () => {
      expect(readSettings({ JWT_SECRET: 'x'.repeat(32) }).jwtSecret).to.equal('x'.repeat(32))
    })

    it('are measured in bytes, not in characters', () => {
      expect(problemsOf({ JWT_SECRET: 'é'.repeat(16) })).to.deep.equal([])
    })
  })

  describe('TLS', () => {
    const files = { GRPC_TLS_CERT_FILE: 'cert', GRPC_TLS_KEY_FILE: 'key', GRPC_TLS_CLIENT_CA_FILE: 'ca' }
    const certMissing = 'GRPC_TLS_CERT_FILE is required when another GRPC_TLS_ file is set'
    const keyMissing = 'GRPC_TLS_KEY_FILE is required when another GRPC_TLS_ file is set'
    for (const [given, problems] of [
      [['GRPC_TLS_CERT_FILE'], [keyMissing]],
      [['GRPC_TLS_KEY_FILE'], [certMissing]],
      [['GRPC_TLS_CLIENT_CA_FILE'], [certMissing, keyMissing]],
      [['GRPC_TLS_CERT_FILE', 'GRPC_TLS_CLIENT_CA_FILE'], [keyMissing]],
      [['GRPC_TLS_CERT_FILE', 'GRPC_TLS_KEY_FILE'], []],
      [['GRPC_TLS_CERT_FILE', 'GRPC_TLS_KEY_FILE', 'GRPC_TLS_CLIENT_CA_FILE'], []],
    ] as const) {
      it(`with ${given.join(' and ')} alone ${problems.length === 0 ? 'is complete' : 'is incomplete'}`, () => {
        const env = Object.fromEntries(given.map((name) => [name, files[name]]))
        expect(problemsOf(env)).to.deep.equal(problems)
      })
    }

    it('includes a health port', () => {
      expect(readSettings({ GRPC_TLS_CERT_FILE: 'cert', GRPC_TLS_KEY_FILE: 'key' }).grpcHealthPort).to.equal(
        50_052,
      )
    })

    for (const [name, port] of [
      ['GRPC_PORT', '50051'],
      ['HTTP_PORT', '8080'],
      ['HTTP_API_PORT', '8000'],
    ] as const) {
      it(`may not use ${name} for health`, () => {
        expect(problemsOf({ HTTP_API_PORT: '8000', GRPC_HEALTH_PORT: port })).to.deep.equal([
          `${name} and GRPC_HEALTH_PORT must differ`,
        ])
      })
    }
  })

  describe('keys of tokens', () => {
    const algorithmsOf = (env: Readonly<Record<string, string>>) => readSettings(env).jwtAlgorithms

    it('are for HS256 without a file', () => {
      expect(algorithmsOf({ JWT_SECRET: secret })).to.deep.equal(['HS256'])
    })

    for (const file of ['JWT_PUBLIC_KEY_FILE', 'JWT_JWKS_FILE']) {
      it(`are only public ones with ${file} and no secret`, () => {
        const env = { [file]: 'keys' }
        expect(algorithmsOf(env)).to.deep.equal(['RS256', 'PS256', 'ES256'])
      })

      it(`include both kinds with ${file} and a secret`, () => {
        const env = { JWT_SECRET: secret, [file]: 'keys' }
        expect(algorithmsOf(env)).to.deep.equal(['HS256', 'RS256', 'PS256', 'ES256'])
      })
    }

    for (const [what, env, problem] of [
      [
        'an algorithm of secrets without one',
        { JWT_JWKS_FILE: 'keys', JWT_ALGORITHMS: 'ES256,HS512' },
        'JWT_ALGORITHMS lists HS512, which requires JWT_SECRET',
      ],
      [
        'an algorithm of public keys without a file',
        { JWT_ALGORITHMS: 'HS256,RS256' },
        'JWT_ALGORITHMS lists RS256, which requires JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE',
      ],
      [
        'a file without an algorithm for it',
        { JWT_SECRET: secret, JWT_PUBLIC_KEY_FILE: 'keys', JWT_ALGORITHMS: 'HS256' },
        'JWT_ALGORITHMS must list at least one of RS256, PS256, ES256 for JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE',
      ],
      [
        'a previous secret without a present one',
        { JWT_PREVIOUS_SECRET: secret },
        'JWT_PREVIOUS_SECRET requires JWT_SECRET',
      ],
      [
        'a previous secret of 31 bytes',
        { JWT_SECRET: secret, JWT_PREVIOUS_SECRET: 'x'.repeat(31) },
        'JWT_PREVIOUS_SECRET must have at least 32 bytes',
      ],
    ] as const) {
      it(`may not be ${what}`, () => {
        expect(problemsOf(env)).to.deep.equal([problem])
      })
    }
  })

  describe('of the service', () => {
    const database = 'MONGODB_URI is required (for development, make run starts a database)'
    const key =
      'JWT_SECRET, JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE is required (for development, make run generates a secret)'

    it('requires a database and a key for tokens', () => {
      expect(problemsOf({}, readConfig)).to.deep.equal([database, key])
    })

    it('requires a secret that is not empty', () => {
      expect(problemsOf({ MONGODB_URI: 'mongodb://db', JWT_SECRET: '' }, readConfig)).to.deep.equal([key])
    })

    for (const name of ['JWT_SECRET', 'JWT_PUBLIC_KEY_FILE', 'JWT_JWKS_FILE']) {
      it(`requires nothing else with MONGODB_URI and ${name}`, () => {
        const env = { MONGODB_URI: 'mongodb://db', [name]: secret }
        expect(readConfig(env)).to.deep.equal(readSettings(env))
      })
    }

    it('names missing and invalid settings together', () => {
      expect(problemsOf({ MONGODB_URI: 'mongodb://db', LIMITS_TIME_ZONE: 'x' }, readConfig)).to.deep.equal([
        key,
        'LIMITS_TIME_ZONE must be an IANA time zone, such as America/Sao_Paulo',
      ])
    })
  })

  describe('of a program that uses only the database', () => {
    it('requires a database and no key', () => {
      expect(problemsOf({}, readDatabaseConfig)).to.have.length(1)
      expect(readDatabaseConfig({ MONGODB_URI: 'mongodb://db' }).mongodbUri).to.equal('mongodb://db')
    })
  })
})

function problemsOf(
  env: Readonly<Record<string, string>>,
  read: (env: Readonly<Record<string, string>>) => unknown = readSettings,
): readonly string[] {
  try {
    read(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace('configuration: ', '').split('; ')
    throw error
  }
}
