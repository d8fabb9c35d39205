/** Named files run alone; mocha itself would add them to those of its configuration. */
const named = process.argv.slice(2).some((argument) => argument.endsWith('.test.ts'))

module.exports = {
  import: 'tsx',
  require: ['./test/support/hooks.ts', ...(named ? [] : ['./test/support/shared-mongo.ts'])],
  ...(!named && {
    // Most of the time is spent waiting for processes to start. All use the same database server.
    parallel: true,
    jobs: 3,
    spec: [
      'test/unit/**/*.test.ts',
      'test/integration/**/*.test.ts',
      'test/model/**/*.test.ts',
      'test/simulation/**/*.test.ts',
      'test/e2e/**/*.test.ts',
      'test/campaign/**/*.test.ts',
      'test/faults/**/*.test.ts',
    ],
  }),
  reporter: './test/support/reporter.cjs',
  timeout: 60_000,
  forbidOnly: true,
  forbidPending: true,
  fullTrace: false,
}
