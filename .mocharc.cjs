const { availableParallelism, loadavg } = require('node:os')

/**
 * Files at a time. Most of their time is spent waiting for processes to start: on an idle machine two for each core, on a busy one
 * one for each.
 */
const cores = availableParallelism()
const idle = Math.min(Math.max(cores - loadavg()[0], 0), cores)
const jobs = Math.min(Math.round(cores + idle), 8)

/** Named files run alone; mocha itself would add them to those of its configuration. */
const named = process.argv.slice(2).some((argument) => argument.endsWith('.test.ts'))

module.exports = {
  import: 'tsx',
  require: ['./test/support/hooks.ts', ...(named ? [] : ['./test/support/database/shared-mongo.ts'])],
  ...(!named && {
    // All use the same database server.
    parallel: true,
    jobs,
    // It needs a cluster: see .mocharc.sharded.cjs.
    ignore: ['test/faults/shard/**'],
    // The slow ones first, so that none of them is left alone at the end.
    spec: [
      'test/faults/**/*.test.ts',
      'test/e2e/**/*.test.ts',
      'test/integration/**/*.test.ts',
      'test/simulation/**/*.test.ts',
      'test/model/**/*.test.ts',
      'test/unit/**/*.test.ts',
    ],
  }),
  reporter: './test/support/reporter.cjs',
  // Above the longest wait of a test (test/support/eventually.ts), so that a wait which fails says for what.
  timeout: 600_000,
  forbidOnly: true,
  forbidPending: true,
  fullTrace: false,
}
