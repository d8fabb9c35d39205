/** The tests of `make test-sharded`: those that speak with the database, on a sharded cluster, through mongos. */
module.exports = {
  ...require('./.mocharc.cjs'),
  parallel: true,
  jobs: 2,
  spec: [
    'test/sharded/*.test.ts',
    'test/faults/shard/*.test.ts',
    'test/integration/*.test.ts',
    'test/model/**/*.test.ts',
    'test/e2e/*.test.ts',
  ],
  ignore: [
    // They run a database of their own, which they stop or keep away: a replica set.
    'test/e2e/database-away.test.ts',
    'test/e2e/own-database.test.ts',
    'test/e2e/wrong-database.test.ts',
    // Its connection strings name a replica set.
    'test/e2e/database-failures.test.ts',
    // They never come to the database.
    'test/e2e/announcement.test.ts',
    'test/e2e/authentication.test.ts',
    'test/e2e/malformed-requests.test.ts',
    'test/e2e/reflection.test.ts',
    'test/e2e/failed-start.test.ts',
    'test/e2e/request-id.test.ts',
  ],
}
