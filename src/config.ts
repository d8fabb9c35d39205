import { zoneCalendar } from './application/zone-calendar.js'
import { readEnvFile } from './env-file.js'
import {
  publicKeyAlgorithms,
  secretAlgorithms,
  type TokenAlgorithm,
  tokenAlgorithms,
} from './keys/token-key.js'
import { type LogFormat, type LogLevel, logFormats, logLevels } from './observability/logging/logger.js'
import { readTracingSettings } from './observability/tracing/settings.js'
import { type UnknownVariable, unknownVariables } from './unknown-variables.js'

/** The settings, checked and frozen. `.docs/guide/configuration.md` explains each variable. */
export type Settings = Readonly<ReturnType<typeof readAll>>

/** The settings with a database. */
export type Config = Settings & { readonly mongodbUri: string }

/** Thrown for an invalid environment. Names every problem and its variable, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(problems: readonly string[]) {
    super(`configuration: ${problems.join('; ')}`)
  }
}

/** Fewest bytes of a secret for HS256: as many as its hash has (RFC 7518, section 3.2). */
const SECRET_BYTES_MIN = 32

/** The port for health in plaintext when the gRPC port uses TLS. */
const HEALTH_PORT = 50_052

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Loads `.env` of the current folder, if any, into the environment. Variables that are already set stay.
 * Returns the names in the file.
 *
 * @throws EnvFileError when the file cannot be read completely.
 */
export function loadEnvFile(): readonly string[] {
  const variables = readEnvFile('.env')
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
  return Object.keys(variables)
}

/**
 * Finds variables that were set for the service but that it does not read.
 *
 * @param fileNames the names in `.env`.
 */
export function findUnknownVariables(
  env: Environment,
  fileNames: readonly string[],
): readonly UnknownVariable[] {
  const reader = new EnvironmentReader({})
  readAll(reader)
  return unknownVariables({ known: [...reader.names], file: fileNames, environment: Object.keys(env) })
}

/**
 * Reads the configuration of the service, which needs a database and a key for tokens.
 *
 * @throws ConfigError with every problem.
 */
export function readConfig(env: Environment): Config {
  return complete(env, (settings) => [...missingDatabase(settings), ...missingKey(settings)])
}

/**
 * Reads the configuration of a program that only works on the database.
 *
 * @throws ConfigError with every problem.
 */
export function readDatabaseConfig(env: Environment): Config {
  return complete(env, missingDatabase)
}

/**
 * Reads the settings that are there. None of them is required.
 *
 * @throws ConfigError with every problem.
 */
export function readSettings(env: Environment): Settings {
  const { settings, problems } = read(env)
  if (problems.length > 0) throw new ConfigError(problems)
  return settings
}

function complete(env: Environment, missing: (settings: Settings) => readonly string[]): Config {
  const { settings, problems } = read(env)
  const all = [...missing(settings), ...problems]
  if (!hasDatabase(settings) || all.length > 0) throw new ConfigError(all)
  return settings
}

function hasDatabase(settings: Settings): settings is Config {
  return settings.mongodbUri !== undefined
}

function missingDatabase(settings: Settings): readonly string[] {
  return hasDatabase(settings)
    ? []
    : ['MONGODB_URI is required (for development, make run starts a database)']
}

function missingKey(settings: Settings): readonly string[] {
  return settings.jwtSecret !== undefined || hasKeyFile(settings)
    ? []
    : [
        'JWT_SECRET, JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE is required (for development, make run generates a secret)',
      ]
}

function read(env: Environment): { readonly settings: Settings; readonly problems: readonly string[] } {
  const reader = new EnvironmentReader(env)
  const settings = Object.freeze(readAll(reader))
  return { settings, problems: [...reader.problems, ...problemsTogether(settings)] }
}

function readAll(reader: EnvironmentReader) {
  return {
    host: reader.text('HOST') ?? '127.0.0.1',
    grpcPort: reader.integer('GRPC_PORT', { fallback: 50_051, min: 0, max: 65_535 }),
    grpcTlsCertFile: reader.text('GRPC_TLS_CERT_FILE'),
    grpcTlsKeyFile: reader.text('GRPC_TLS_KEY_FILE'),
    grpcTlsClientCaFile: reader.text('GRPC_TLS_CLIENT_CA_FILE'),
    grpcHealthPort: reader.integer('GRPC_HEALTH_PORT', {
      fallback: reader.text('GRPC_TLS_CERT_FILE') === undefined ? undefined : HEALTH_PORT,
      min: 0,
      max: 65_535,
    }),
    grpcConnectionsMax: reader.integer('GRPC_CONNECTIONS_MAX', { fallback: 1_000, min: 1, max: 100_000 }),
    httpPort: reader.integer('HTTP_PORT', { fallback: 8_080, min: 0, max: 65_535 }),
    httpApiPort: reader.integer('HTTP_API_PORT', {
      fallback: undefined,
      min: 0,
      max: 65_535,
    }),
    console: reader.flag('CONSOLE', false),
    httpApiConnectionsMax: reader.integer('HTTP_API_CONNECTIONS_MAX', {
      fallback: 1_000,
      min: 1,
      max: 100_000,
    }),
    httpApiCorsOrigins: reader.origins('HTTP_API_CORS_ORIGINS'),
    mongodbUri: reader.text('MONGODB_URI'),
    mongodbDatabase: reader.text('MONGODB_DATABASE') ?? 'benefits',
    mongodbPoolSize: reader.integer('MONGODB_POOL_SIZE', { fallback: 20, min: 2, max: 500 }),
    jwtSecret: reader.text('JWT_SECRET'),
    jwtPreviousSecret: reader.text('JWT_PREVIOUS_SECRET'),
    jwtPublicKeyFile: reader.text('JWT_PUBLIC_KEY_FILE'),
    jwtJwksFile: reader.text('JWT_JWKS_FILE'),
    jwtAlgorithms: reader.list('JWT_ALGORITHMS', tokenAlgorithms, usualAlgorithms(reader)),
    keyFilesRefreshMs: reader.integer('KEY_FILES_REFRESH_MS', { fallback: 2_000, min: 50, max: 60_000 }),
    jwtIssuer: reader.text('JWT_ISSUER'),
    jwtAudience: reader.text('JWT_AUDIENCE'),
    jwtRequireScope: reader.flag('JWT_REQUIRE_SCOPE', false),
    logLevel: reader.choice<LogLevel>('LOG_LEVEL', logLevels, 'info'),
    logFormat: reader.choice<LogFormat>('LOG_FORMAT', logFormats, 'auto'),
    logApprovalsPerSecond: reader.integer('LOG_APPROVALS_PER_SECOND', {
      fallback: 20,
      min: 0,
      max: 1_000_000,
    }),
    logFailuresPerSecond: reader.integer('LOG_FAILURES_PER_SECOND', {
      fallback: 100,
      min: 0,
      max: 1_000_000,
    }),
    tracing: readTracingSettings((name) => reader.text(name)),
    decisionTimeoutMs: reader.integer('DECISION_TIMEOUT_MS', { fallback: 2_000, min: 50, max: 60_000 }),
    queueMax: reader.integer('QUEUE_MAX', { fallback: 1_024, min: 1, max: 1_000_000 }),
    queueWaitMs: reader.integer('QUEUE_WAIT_MS', { fallback: 50, min: 1, max: 60_000 }),
    catalogRefreshMs: reader.integer('CATALOG_REFRESH_MS', { fallback: 1_000, min: 50, max: 1_500 }),
    shutdownTimeoutMs: reader.integer('SHUTDOWN_TIMEOUT_MS', { fallback: 10_000, min: 100, max: 600_000 }),
    missingRail: reader.choice('MISSING_RAIL', ['accept', 'decline'] as const, 'accept'),
    limitsTimeZone: reader.timeZone('LIMITS_TIME_ZONE', 'America/Sao_Paulo'),
    seedExamples: reader.flag('SEED_EXAMPLES', false),
  }
}

/**
 * Chooses the default algorithms: HS256 with a secret or without any key, and those of public keys with a key
 * file.
 */
function usualAlgorithms(reader: EnvironmentReader): readonly TokenAlgorithm[] {
  const hasSecret = reader.text('JWT_SECRET') !== undefined
  if (reader.text('JWT_PUBLIC_KEY_FILE') === undefined && reader.text('JWT_JWKS_FILE') === undefined)
    return ['HS256']
  return hasSecret ? ['HS256', ...publicKeyAlgorithms] : publicKeyAlgorithms
}

function problemsTogether(settings: Settings): readonly string[] {
  const { mongodbUri, mongodbDatabase } = settings
  return [
    ...(mongodbUri !== undefined && !/^mongodb(\+srv)?:\/\/./.test(mongodbUri)
      ? ['MONGODB_URI must begin with mongodb:// or mongodb+srv://']
      : []),
    ...(/^[\w-]{1,63}$/.test(mongodbDatabase)
      ? []
      : ['MONGODB_DATABASE must be 1 to 63 letters, digits, _ or -']),
    ...tokenProblems(settings),
    ...tlsProblems(settings),
    ...portProblems(settings),
  ]
}

function tokenProblems(settings: Settings): readonly string[] {
  const { jwtSecret, jwtPreviousSecret, jwtAlgorithms } = settings
  const keyFile = hasKeyFile(settings)
  const ofSecrets = jwtAlgorithms.filter((algorithm) => isOneOf(secretAlgorithms, algorithm))
  const ofPublicKeys = jwtAlgorithms.filter((algorithm) => isOneOf(publicKeyAlgorithms, algorithm))
  return [
    ...secretProblems('JWT_SECRET', jwtSecret),
    ...secretProblems('JWT_PREVIOUS_SECRET', jwtPreviousSecret),
    ...(jwtPreviousSecret !== undefined && jwtSecret === undefined
      ? ['JWT_PREVIOUS_SECRET requires JWT_SECRET']
      : []),
    ...(keyFile && jwtSecret === undefined && ofSecrets.length > 0
      ? [`JWT_ALGORITHMS lists ${ofSecrets.join(' and ')}, which requires JWT_SECRET`]
      : []),
    ...(!keyFile && ofPublicKeys.length > 0
      ? [
          `JWT_ALGORITHMS lists ${ofPublicKeys.join(' and ')}, which requires JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE`,
        ]
      : []),
    ...(keyFile && ofPublicKeys.length === 0
      ? [
          `JWT_ALGORITHMS must list at least one of ${publicKeyAlgorithms.join(', ')} for JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE`,
        ]
      : []),
  ]
}

function secretProblems(variable: string, secret: string | undefined): readonly string[] {
  if (secret === undefined || Buffer.byteLength(secret) >= SECRET_BYTES_MIN) return []
  return [`${variable} must have at least ${SECRET_BYTES_MIN} bytes`]
}

function tlsProblems({ grpcTlsCertFile, grpcTlsKeyFile, grpcTlsClientCaFile }: Settings): readonly string[] {
  const files = [grpcTlsCertFile, grpcTlsKeyFile, grpcTlsClientCaFile]
  if (files.every((file) => file === undefined)) return []
  const problem = 'is required when another GRPC_TLS_ file is set'
  return [
    ...(grpcTlsCertFile === undefined ? [`GRPC_TLS_CERT_FILE ${problem}`] : []),
    ...(grpcTlsKeyFile === undefined ? [`GRPC_TLS_KEY_FILE ${problem}`] : []),
  ]
}

function portProblems(settings: Settings): readonly string[] {
  const ports = Object.entries({
    GRPC_PORT: settings.grpcPort,
    HTTP_PORT: settings.httpPort,
    HTTP_API_PORT: settings.httpApiPort,
    GRPC_HEALTH_PORT: settings.grpcHealthPort,
  })
  return ports.flatMap(([name, port], index) =>
    ports
      .slice(index + 1)
      .filter(([, other]) => port === other && port !== undefined && port !== 0)
      .map(([other]) => `${name} and ${other} must differ`),
  )
}

/** Whether public keys verify tokens. */
export function hasKeyFile({ jwtPublicKeyFile, jwtJwksFile }: Settings): boolean {
  return jwtPublicKeyFile !== undefined || jwtJwksFile !== undefined
}

function isOneOf<T extends string>(choices: readonly T[], text: string): boolean {
  return choices.some((choice) => choice === text)
}

/** Whether the text is an origin as browsers send it: scheme, host and port, in lower case. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

/** Reads variables one by one and collects their problems. An empty variable counts as not set. */
class EnvironmentReader {
  readonly problems: string[] = []
  /** The names that were read. */
  readonly names = new Set<string>()
  readonly #env: Environment

  constructor(env: Environment) {
    this.#env = env
  }

  text(name: string): string | undefined {
    this.names.add(name)
    return this.#env[name] === '' ? undefined : this.#env[name]
  }

  integer<T extends number | undefined>(
    name: string,
    limits: { readonly fallback: T; readonly min: number; readonly max: number },
  ): T | number {
    const text = this.text(name)
    if (text === undefined) return limits.fallback
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= limits.min && value <= limits.max) return value
    this.problems.push(`${name} must be a whole number from ${limits.min} to ${limits.max}`)
    // Equal to nothing, so that the checks across variables do not report a value that nobody set.
    return Number.NaN
  }

  flag(name: string, fallback: boolean): boolean {
    return this.choice(name, ['true', 'false'] as const, fallback ? 'true' : 'false') === 'true'
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name)
    if (text === undefined) return fallback
    const chosen = choices.find((choice) => choice === text)
    if (chosen === undefined) this.problems.push(`${name} must be one of ${choices.join(', ')}`)
    return chosen ?? fallback
  }

  timeZone(name: string, fallback: string): string {
    const text = this.text(name) ?? fallback
    try {
      zoneCalendar(text)
    } catch {
      this.problems.push(`${name} must be an IANA time zone, such as ${fallback}`)
    }
    return text
  }

  /** Reads web origins, such as "https://office.example.com"; "*" alone means all of them. */
  origins(name: string): readonly string[] | '*' {
    const text = this.text(name)
    if (text === '*') return '*'
    const origins = text?.split(',').map((part) => part.trim()) ?? []
    if (!origins.every(isOrigin)) {
      this.problems.push(`${name} must be * or list origins, such as https://office.example.com`)
    }
    return Object.freeze(origins)
  }

  list<T extends string>(name: string, choices: readonly T[], fallback: readonly T[]): readonly T[] {
    const text = this.text(name)
    if (text === undefined) return Object.freeze(fallback)
    const chosen = text.split(',').map((part) => choices.find((choice) => choice === part.trim()))
    const known = chosen.filter((choice) => choice !== undefined)
    if (known.length < chosen.length)
      this.problems.push(`${name} must list one or more of ${choices.join(', ')}`)
    return Object.freeze(known)
  }
}
