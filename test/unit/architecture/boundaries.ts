/**
 * The imports that the modules below a path may have. A target is a folder (`src/domain/`), a module
 * (`src/config.ts`), a package (`pino`), any built-in module (`node:`) or any package (`*`). A module belongs to
 * the first row that begins its path.
 */
export type Boundary = {
  readonly of: string
  readonly may: readonly string[]
  /** Only `import type`. */
  readonly mayForTypes?: readonly string[]
  /** Only `import()`. */
  readonly mayDynamically?: readonly string[]
}

/** Modules that every module of the command line may import. */
const commandLine = [
  'cli/',
  'src/gen/',
  'src/domain/money.ts',
  'src/domain/network.ts',
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

/** Everything that the tests of faults may import besides their own folder and the harness. */
const faultTests = ['test/support/', 'tools/', 'src/', '@grpc/grpc-js', 'mongodb', 'chai', 'node:']

/** The kinds of faults. They do not know each other. Only attackers share code with the benchmark's load. */
const kindsOfFaults: readonly Boundary[] = [
  ...['crash', 'failover', 'database', 'clock', 'shard'].map((kind) => ({
    of: `test/faults/${kind}/`,
    may: [`test/faults/${kind}/`, 'test/faults/harness/', ...faultTests],
  })),
  // The file is sent by the command line.
  {
    of: 'test/faults/clearing/',
    may: ['test/faults/clearing/', 'test/faults/harness/', 'test/e2e/cli/benefits.ts', ...faultTests],
  },
  {
    of: 'test/faults/hostile/',
    may: ['test/faults/hostile/', 'test/faults/harness/', ...faultTests, 'bench/', '@bufbuild/protobuf'],
  },
  {
    of: 'test/faults/innocents/',
    may: ['test/faults/innocents/', 'test/faults/hostile/', 'test/e2e/cli/benefits.ts', ...faultTests],
  },
  {
    of: 'test/faults/harness/',
    may: ['test/faults/harness/', ...faultTests, 'bench/session/interruption.ts'],
  },
  { of: 'test/faults/main.ts', may: ['test/faults/', 'tools/command.ts'] },
]

/** The section "May import" of the architecture, as a table. It forbids everything else. */
export const boundaries: readonly Boundary[] = [
  { of: 'src/domain/', may: ['src/domain/'] },
  { of: 'src/application/', may: ['src/application/', 'src/domain/'] },
  { of: 'src/storage/shard-map.ts', may: ['src/storage/', 'src/domain/', 'mongodb', 'node:crypto'] },
  {
    of: 'src/storage/account/v8-codec.ts',
    may: ['node:v8'],
    mayForTypes: ['src/application/engine/account-codec.ts', 'src/domain/'],
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
  // Keys and certificates in files: a leaf that does not know its users.
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
      'src/keys/secure-context.ts',
    ],
    mayForTypes: ['src/keys/'],
  },
  {
    of: 'src/http-api/dev-token.ts',
    may: ['src/http-api/', 'jsonwebtoken'],
    mayForTypes: ['src/keys/', 'node:'],
  },
  // It reaches the service as a gRPC client only, so that there is one path of checks.
  {
    of: 'src/http-api/',
    may: [
      'src/http-api/',
      'src/http/socket-bound.ts',
      'src/keys/secure-context.ts',
      'src/listen-on.ts',
      '@bufbuild/protobuf',
      '@connectrpc/connect',
      '@connectrpc/connect-node',
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
  // Traces are decorators of the ports: they know the ports' types, and are loaded only for tracing.
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
      'src/http-api/http-route.ts',
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
    may: ['src/domain/entry.ts', 'src/observability/logging/logger.ts', '@grpc/grpc-js'],
    mayForTypes: ['src/domain/', 'src/grpc/', 'src/observability/', 'src/service/recent-decisions.ts'],
  },
  {
    of: 'src/service/activity-counts.ts',
    may: ['src/domain/reason.ts'],
    mayForTypes: ['src/grpc/activity/activity-service.ts', 'src/observability/metrics/metrics.ts'],
  },
  { of: 'src/service/recent-decisions.ts', may: [], mayForTypes: ['src/domain/entry.ts'] },
  {
    of: 'src/service/authorizer.ts',
    may: [
      'src/application/',
      'src/domain/invariant.ts',
      'src/grpc/connections/connection-guard.ts',
      'src/grpc/health/health-status.ts',
      'src/observability/logging/',
      'src/storage/',
      'src/service/core.ts',
      'src/service/credentials.ts',
      'src/service/recent-decisions.ts',
      'src/service/grpc-port.ts',
      'src/service/readings.ts',
    ],
    mayForTypes: [
      'src/config.ts',
      'src/keys/',
      'src/observability/',
      'src/service/call-records.ts',
      'node:stream',
    ],
  },
  {
    of: 'src/service/grpc-port.ts',
    may: [
      'src/application/',
      'src/grpc/',
      'src/service/activity-counts.ts',
      'src/service/build-version.ts',
      'src/service/call-records.ts',
      'src/service/core.ts',
    ],
    mayForTypes: ['src/config.ts', 'src/observability/tracing/tracing.ts', 'src/service/credentials.ts'],
  },
  {
    of: 'src/service/credentials.ts',
    may: ['src/grpc/', '@grpc/grpc-js', 'node:util'],
    mayForTypes: ['src/config.ts', 'src/keys/'],
  },
  {
    of: 'src/service/http-api.ts',
    may: [
      'src/http-api/',
      'src/grpc/tokens/method-scopes.ts',
      'src/grpc/wire/',
      'src/keys/token-key.ts',
      'src/observability/logging/log-sampler.ts',
      'src/observability/logging/logger.ts',
    ],
    mayForTypes: [
      'src/config.ts',
      'src/keys/',
      'src/observability/metrics/metrics.ts',
      '@bufbuild/protobuf',
      'node:stream',
    ],
  },
  {
    of: 'src/service/readings.ts',
    may: [],
    mayForTypes: ['src/config.ts', 'src/grpc/', 'src/observability/', 'src/storage/', 'src/service/core.ts'],
  },
  {
    of: 'src/service/service.ts',
    mayDynamically: ['src/service/http-api.ts'],
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
    mayForTypes: ['src/config.ts', 'src/http-api/', 'src/observability/', 'src/service/http-api.ts'],
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
  {
    of: 'tools/dev/certificates/',
    may: ['tools/dev/certificates/', '@peculiar/asn1-schema', '@peculiar/asn1-x509', 'node:'],
  },
  { of: 'tools/dev/local-secret.ts', may: ['node:'] },
  { of: 'tools/dev/dev-settings.ts', may: [] },
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
  // The console is a client of the API like any other: it shares no code with the service.
  { of: 'console/', may: ['console/', 'preact'] },
  ...kindsOfFaults,
  // The load generator shares no code with the service except the messages, and the report needs only figures.
  { of: 'bench/h2/', may: ['bench/h2/', 'node:'] },
  {
    of: 'bench/load/',
    may: ['bench/load/', 'bench/h2/', 'src/gen/', 'tools/random.ts', '@bufbuild/protobuf', 'node:'],
  },
  { of: 'bench/report/', may: ['bench/report/', 'bench/load/', 'node:'] },
  { of: 'bench/dataset/', may: ['bench/dataset/', 'bench/load/', 'src/', 'mongodb'] },
  {
    of: 'bench/servers/',
    may: ['bench/servers/', 'bench/dataset/', 'src/', '@grpc/grpc-js', 'mongodb', 'node:'],
  },
  {
    of: 'bench/plan/',
    may: ['bench/plan/', 'bench/dataset/', 'bench/report/', 'src/gen/'],
    mayForTypes: ['bench/load/'],
  },
  {
    of: 'bench/books/',
    may: ['bench/books/', 'bench/plan/', 'bench/dataset/', 'bench/load/', 'src/', 'mongodb'],
    mayForTypes: ['bench/servers/'],
  },
  {
    of: 'bench/session/',
    may: [
      'bench/session/',
      'bench/books/',
      'bench/plan/',
      'bench/dataset/',
      'tools/dev/local-mongo/',
      'jsonwebtoken',
      'mongodb',
      'node:',
    ],
    mayForTypes: ['bench/load/', 'bench/report/'],
  },
  {
    of: 'bench/',
    may: [
      'bench/',
      'src/',
      'tools/command.ts',
      'tools/random.ts',
      '@grpc/grpc-js',
      'jsonwebtoken',
      'mongodb',
      'node:',
    ],
  },
  // The command that distributes simulated histories to threads.
  {
    of: 'test/simulation/campaign/',
    may: ['test/simulation/', 'test/support/engine-sources.ts', 'tools/command.ts', 'node:'],
  },
  // The simulation does not know the real store, so it cannot share the store's mistakes.
  {
    of: 'test/simulation/',
    may: [
      'test/simulation/',
      'test/support/catalog/catalogs.ts',
      'test/support/engine-sources.ts',
      'test/support/catalog/utc-calendar.ts',
      'tools/random.ts',
      'src/application/',
      'src/domain/',
      'chai',
    ],
  },
  { of: 'test/', may: ['test/', 'bench/', 'cli/', 'console/', 'tools/', 'src/', '*'] },
]
