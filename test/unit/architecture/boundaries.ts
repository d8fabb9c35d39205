import type { Import } from './imports.js'

/**
 * The imports that the modules below a path may have. A target is a folder (`src/domain/`), a module
 * (`src/config.ts`), a package (`pino`), any built-in module (`node:`) or any package (`*`). A module belongs to
 * the first row that begins its path.
 */
type Boundary = {
  readonly of: string
  readonly may: readonly string[]
  /** Only `import type`. */
  readonly mayForTypes?: readonly string[]
  /** Only `import()`. */
  readonly mayDynamically?: readonly string[]
}

/** The modules of this repository, beside packages and built-in modules. */
const ours = /^(src|cli|tools|bench|test)\//

/** Modules that every module of the command line may import. */
const commandLine = [
  'cli/',
  'src/gen/',
  'src/domain/money.ts',
  'src/application/seed-examples.ts',
  'src/observability/logging/terminal-text.ts',
  'src/config.ts',
  'src/keys/token-key.ts',
  'tools/dev/dev-settings.ts',
  'tools/dev/local-secret.ts',
  'commander',
  'csv-parse',
  'csv-stringify',
  'string-width',
  'wrap-ansi',
  'jsonwebtoken',
  '@bufbuild/protobuf',
  '@grpc/grpc-js',
  'node:',
]

/** The paragraph "May import" of the architecture, as a table. What is not in it is forbidden. */
const boundaries: readonly Boundary[] = [
  { of: 'src/domain/', may: ['src/domain/'] },
  { of: 'src/application/', may: ['src/application/', 'src/domain/'] },
  { of: 'src/storage/shard-map.ts', may: ['src/storage/', 'src/domain/', 'mongodb', 'node:crypto'] },
  {
    of: 'src/storage/account/v8-codec.ts',
    may: ['node:v8'],
    mayForTypes: ['src/application/engine/account-codec.ts'],
  },
  {
    of: 'src/storage/schema.ts',
    may: ['src/storage/', 'src/domain/', 'mongodb', 'node:util'],
  },
  {
    of: 'src/storage/',
    may: [
      'src/storage/',
      'src/application/errors.ts',
      'src/application/engine/background-turns.ts',
      'src/domain/',
      'mongodb',
    ],
    mayForTypes: ['src/application/'],
  },
  // Keys and certificates as they are in files: a leaf that knows nothing of who uses them.
  { of: 'src/keys/', may: ['src/keys/', 'node:'] },
  { of: 'src/listen-on.ts', may: ['node:'] },
  {
    of: 'src/grpc/tokens/token-verifier.ts',
    may: ['src/grpc/', 'jsonwebtoken', 'node:buffer', 'node:crypto'],
    mayForTypes: ['src/keys/'],
  },
  {
    of: 'src/grpc/',
    may: [
      'src/grpc/',
      'src/application/',
      'src/domain/',
      'src/gen/',
      'src/observability/',
      'src/listen-on.ts',
      '@grpc/grpc-js',
      'grpc-health-check',
      '@bufbuild/protobuf',
      'node:',
    ],
    mayForTypes: ['src/keys/'],
  },
  {
    of: 'src/http/',
    may: [
      'src/http/',
      'src/application/',
      'src/domain/',
      'src/gen/',
      'src/observability/',
      'src/listen-on.ts',
      'node:',
    ],
  },
  { of: 'src/observability/metrics/metric-registry.ts', may: ['prom-client', 'node:timers/promises'] },
  { of: 'src/observability/logging/logger.ts', may: ['src/observability/', 'pino', 'node:'] },
  // Traces are decorators of the ports, so they know the ports' types, and are loaded only when something is traced.
  { of: 'src/observability/tracing/tracing.ts', may: [], mayForTypes: ['src/application/'] },
  {
    of: 'src/observability/tracing/open-tracing.ts',
    may: [],
    mayForTypes: ['src/observability/'],
    mayDynamically: ['src/observability/tracing/sdk.ts'],
  },
  { of: 'src/observability/tracing/settings.ts', may: [] },
  {
    of: 'src/observability/tracing/',
    may: ['src/observability/', 'src/domain/reason.ts', '@opentelemetry/', 'node:'],
    mayForTypes: ['src/application/', 'src/domain/'],
  },
  { of: 'src/observability/', may: ['src/observability/', 'node:'] },
  { of: 'src/gen/', may: ['src/gen/', '@bufbuild/protobuf', '@grpc/grpc-js'] },
  { of: 'src/env-file.ts', may: ['node:'] },
  { of: 'src/unknown-variables.ts', may: ['fastest-levenshtein'] },
  {
    of: 'src/service/startup-checks.ts',
    may: ['src/listen-on.ts', 'node:'],
    mayForTypes: ['src/config.ts'],
  },
  {
    of: 'src/config.ts',
    may: [
      'src/env-file.ts',
      'src/unknown-variables.ts',
      'src/observability/logging/logger.ts',
      'src/observability/tracing/settings.ts',
      'src/application/zone-calendar.ts',
      'src/keys/token-key.ts',
      'node:',
    ],
  },
  { of: 'src/service/build-version.ts', may: ['node:'] },
  {
    of: 'src/service/metric-labels.ts',
    may: [
      'src/domain/reason.ts',
      'src/grpc/connections/connection-guard.ts',
      'src/grpc/served-methods.ts',
      'src/grpc/tokens/token-rejection.ts',
      '@grpc/grpc-js',
    ],
    mayForTypes: ['src/observability/metrics/metrics.ts'],
  },
  { of: 'src/service/end-on-bug.ts', may: [], mayForTypes: ['src/observability/logging/logger.ts'] },
  // The composition root.
  {
    of: 'src/service/key-watch.ts',
    may: ['src/keys/'],
    mayForTypes: ['src/config.ts', 'src/observability/'],
  },
  {
    of: 'src/service/core.ts',
    may: ['src/application/', 'src/domain/', 'src/storage/', 'mongodb', 'node:timers/promises'],
    mayForTypes: ['src/config.ts', 'src/observability/tracing/tracing.ts'],
  },
  {
    of: 'src/service/call-records.ts',
    may: ['src/domain/reason.ts', 'src/observability/logging/logger.ts', '@grpc/grpc-js'],
    mayForTypes: ['src/domain/', 'src/grpc/', 'src/observability/'],
  },
  {
    of: 'src/service/authorizer.ts',
    may: [
      'src/application/',
      'src/domain/invariant.ts',
      'src/grpc/connections/connection-guard.ts',
      'src/observability/logging/',
      'src/storage/',
      'src/service/core.ts',
      'src/service/credentials.ts',
      'src/service/grpc-port.ts',
      'src/service/readings.ts',
    ],
    mayForTypes: ['src/config.ts', 'src/keys/', 'src/observability/'],
  },
  {
    of: 'src/service/grpc-port.ts',
    may: ['src/application/', 'src/grpc/', 'src/service/call-records.ts', 'src/service/core.ts'],
    mayForTypes: ['src/config.ts', 'src/observability/tracing/tracing.ts', 'src/service/credentials.ts'],
  },
  {
    of: 'src/service/credentials.ts',
    may: ['src/grpc/', '@grpc/grpc-js', 'node:util'],
    mayForTypes: ['src/config.ts', 'src/keys/'],
  },
  {
    of: 'src/service/readings.ts',
    may: [],
    mayForTypes: ['src/config.ts', 'src/grpc/', 'src/observability/', 'src/storage/', 'src/service/core.ts'],
  },
  {
    of: 'src/service/service.ts',
    may: [
      'src/service/authorizer.ts',
      'src/grpc/health/health-server.ts',
      'src/http/',
      'src/service/build-version.ts',
      'src/service/key-watch.ts',
      'src/service/metric-labels.ts',
      'src/observability/metrics/metrics.ts',
      'src/observability/tracing/open-tracing.ts',
    ],
    mayForTypes: ['src/config.ts', 'src/observability/'],
  },
  {
    of: 'src/schema.ts',
    may: ['src/config.ts', 'src/observability/logging/logger.ts', 'src/storage/'],
  },
  {
    of: 'src/service/check-books.ts',
    may: ['src/application/', 'src/storage/', 'node:timers/promises'],
    mayForTypes: ['src/config.ts'],
  },
  {
    of: 'src/verify.ts',
    may: ['src/service/check-books.ts', 'src/config.ts', 'src/observability/logging/logger.ts'],
  },
  {
    of: 'src/service/run-service.ts',
    may: ['src/observability/logging/logger.ts', 'src/service/end-on-bug.ts', 'src/service/service.ts'],
    mayForTypes: ['src/config.ts', 'src/unknown-variables.ts'],
  },
  {
    of: 'src/main.ts',
    may: ['src/config.ts', 'src/service/run-service.ts', 'src/service/startup-checks.ts'],
  },
  // Four folders stand around the service: test -> bench -> tools -> src, and never back. The command line stands
  // beside tools, and tests alone import it.
  {
    of: 'tools/dev/local-mongo/',
    may: ['tools/dev/local-mongo/', 'mongodb', 'mongodb-memory-server-core', 'tar-stream', 'node:'],
  },
  { of: 'tools/dev/certificates/', may: ['tools/dev/certificates/', 'node:'] },
  { of: 'tools/dev/local-secret.ts', may: ['node:'] },
  { of: 'tools/dev/dev-settings.ts', may: [] },
  // The fault campaigns are tests.
  ...['clock', 'crash', 'failover', 'hostile', 'misbehave', 'shard'].map((kind) => ({
    of: `tools/${kind}-test/`,
    may: ['test/', 'bench/', 'tools/', 'src/', '*'],
  })),
  { of: 'tools/', may: ['tools/', 'src/', '*'] },
  // The command line calls the service over the wire. Only the commands that work on the database know its code.
  {
    of: 'cli/commands/verify.ts',
    may: commandLine,
    mayDynamically: ['src/service/check-books.ts'],
  },
  {
    of: 'cli/commands/seed.ts',
    may: [...commandLine, 'src/domain/'],
    mayForTypes: ['src/application/'],
    mayDynamically: ['src/service/core.ts'],
  },
  { of: 'cli/commands/shard.ts', may: commandLine, mayDynamically: ['src/storage/'] },
  { of: 'cli/database.ts', may: commandLine, mayDynamically: ['tools/dev/local-mongo/'] },
  { of: 'cli/', may: commandLine },
  // The load generator shares no code with the service except the messages, and the report needs only figures.
  { of: 'bench/load/', may: ['bench/load/', 'src/gen/', '@bufbuild/protobuf', 'node:'] },
  { of: 'bench/report/', may: ['bench/report/', 'bench/load/', 'tools/command.ts', 'node:'] },
  {
    of: 'bench/',
    may: ['bench/', 'tools/', 'src/', '@grpc/grpc-js', 'jsonwebtoken', 'mongodb', 'node:'],
  },
  // The command that shares simulated histories out to threads.
  {
    of: 'test/simulation/campaign/',
    may: ['test/simulation/', 'test/support/engine-sources.ts', 'tools/command.ts', 'node:'],
  },
  // The simulation does not know the real store, so that it cannot share the store's mistakes.
  {
    of: 'test/simulation/',
    may: [
      'test/simulation/',
      'test/support/catalogs.ts',
      'test/support/engine-sources.ts',
      'test/support/utc-calendar.ts',
      'tools/crash-test/random.ts',
      'src/application/',
      'src/domain/',
      'chai',
    ],
  },
  { of: 'test/', may: ['test/', 'bench/', 'cli/', 'tools/', 'src/', '*'] },
]

/** Says what is wrong with the imports of the given modules, one line each. */
export function violationsOf(imports: readonly Import[], modules: readonly string[]): readonly string[] {
  const existing = new Set(modules)
  return [
    ...modules.filter((module) => !boundaryOf(module)).map((module) => `${module} is in no row of the table`),
    ...imports.filter((found) => !isAllowed(found)).map(({ from, to }) => `${from} must not import ${to}`),
    ...imports
      .filter(({ to }) => to.startsWith('src/') && !existing.has(to))
      .map(({ from, to }) => `${from} imports ${to}, which is not there`),
    // Circles of types count too, except that those of the benchmark are not open yet.
    ...cyclesOf(imports.filter(({ from, typeOnly }) => !typeOnly || !from.startsWith('bench/'))),
  ]
}

function boundaryOf(module: string): Boundary | undefined {
  return boundaries.find(({ of }) => module.startsWith(of))
}

function isAllowed({ from, to, typeOnly, dynamic }: Import): boolean {
  const { may = [], mayForTypes = [], mayDynamically = [] } = boundaryOf(from) ?? {}
  const allowed = [...may, ...(typeOnly ? mayForTypes : []), ...(dynamic ? mayDynamically : [])]
  return allowed.some((target) => {
    if (target === '*') return !ours.test(to)
    return /[:/]$/.test(target) ? to.startsWith(target) : to === target
  })
}

/** The circles of imports: a module is met again while it is being visited. */
function cyclesOf(imports: readonly Import[]): readonly string[] {
  const targets = groupTargets(imports)
  const done = new Set<string>()
  const visit = (module: string, path: readonly string[]): readonly string[] => {
    if (path.includes(module)) return [[...path.slice(path.indexOf(module)), module].join(' -> ')]
    if (done.has(module)) return []
    const found = (targets.get(module) ?? []).flatMap((target) => visit(target, [...path, module]))
    done.add(module)
    return found
  }
  return [...targets.keys()].flatMap((module) => visit(module, []))
}

function groupTargets(imports: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to])
  return targets
}
