import { createRequire } from 'node:module'
import { expect } from 'chai'
import {
  type BulkWriteResult,
  type Document,
  MongoBulkWriteError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb'
import { unavailable } from '../../../src/storage/errors.js'
import { causeOf, UnfitDatabaseError } from '../../../src/storage/failure-cause.js'

// The driver creates them, and exports only their types. The test uses the real classes.
const load = createRequire(import.meta.url)
const { WaitQueueTimeoutError } = load('mongodb/lib/cmap/errors.js')
const { ServerDescription } = load('mongodb/lib/sdam/server_description.js')
const { MongoStalePrimaryError: StalePrimaryError } = load('mongodb/lib/error.js')
const { TopologyDescription } = load('mongodb/lib/sdam/topology_description.js')

const ADDRESS = '127.0.0.1:27017'
const secondary = { ok: 1, setName: 'rs0', secondary: true, hosts: [ADDRESS], maxWireVersion: 25 }
const ghost = { ok: 1, isreplicaset: true, maxWireVersion: 25 }

const cases: readonly (readonly [string, string, unknown])[] = [
  ['UNREACHABLE', 'a refused connection', noServer(unknown('ECONNREFUSED'))],
  ['UNREACHABLE', 'a connection that could not be made in time', noServer(unknown('ETIMEDOUT'))],
  ['UNREACHABLE', 'servers that nothing is known of yet', noServer(serverOf(undefined))],
  ['HOST_UNKNOWN', 'a name without an address', noServer(unknown('ENOTFOUND'))],
  [
    'HOST_UNKNOWN',
    'one such name among refused connections',
    noServer(unknown('ECONNREFUSED'), unknown('ENOTFOUND')),
  ],
  [
    'CONNECTIONS_CLOSED',
    'connections that are closed before they are any use',
    noServer(serverOf(new MongoNetworkError('closed'))),
  ],
  ['CONNECTIONS_CLOSED', 'a connection that is reset', socketError('ECONNRESET')],
  [
    'UNREACHABLE',
    'a refused connection, when entries are posted',
    // Only an unanswered write needs the result, which is empty.
    new MongoBulkWriteError(noServer(unknown('ECONNREFUSED')), {} as BulkWriteResult),
  ],
  ['CERTIFICATE', 'a certificate that has expired', noServer(unknown('CERT_HAS_EXPIRED'))],
  ['CERTIFICATE', 'a certificate for another host', noServer(unknown('ERR_TLS_CERT_ALTNAME_INVALID'))],
  ['CERTIFICATE', 'a certificate of an unknown authority', noServer(unknown('SELF_SIGNED_CERT_IN_CHAIN'))],
  ['TLS', 'no version of TLS that both sides take', noServer(unknown('ERR_SSL_UNSUPPORTED_PROTOCOL'))],
  ['CREDENTIALS', 'a wrong password', serverError(18)],
  ['RIGHTS', 'missing rights', serverError(13)],
  ['REPLICA_SET_NAME', 'no server that is in the set', noServer()],
  ['REPLICA_SET_NEW', 'a set that was not initiated', noServer(serverOf(ghost))],
  ['NO_PRIMARY', 'secondaries only', noServer(serverOf(secondary))],
  [
    'NO_PRIMARY',
    'a secondary, and a member that is away',
    noServer(serverOf(secondary), unknown('ECONNREFUSED')),
  ],
  ['NO_PRIMARY', 'a former primary', serverError(10_107)],
  ['NO_MAJORITY', 'a write that no majority has confirmed', writeConcernError(64)],
  ['NO_MAJORITY', 'the same when the time of the operation was over', writeConcernError(50)],
  ['SLOW', 'no answer in time', new MongoNetworkTimeoutError('-')],
  ['SLOW', 'an operation that takes too long', serverError(50)],
  ['SLOW', 'no connection that comes free in time', new WaitQueueTimeoutError('-', ADDRESS)],
  ['STOPPING', 'a server that is being stopped', serverError(91)],
  ['STOPPING', 'a write that such a server does not wait for any more', writeConcernError(91)],
  ['NO_ROOM', 'a full disk', serverError(14_031)],
  [
    'STALE_PRIMARY',
    'a primary of an earlier election than that of the last one',
    noServer(serverOf(new StalePrimaryError('-'))),
  ],
  ['STANDALONE', 'a server of no replica set', new UnfitDatabaseError('STANDALONE')],
  ['TOO_OLD', 'a command that an older MongoDB does not know', serverError(59)],
  ['SHARD_AWAY', 'a mongos that reaches no shard', serverError(133)],
  ['SHARD_AWAY', 'a mongos that knows no config servers', serverError(6)],
  ['INDEX', 'an index whose name another one has', serverError(86)],
  ['INDEX', 'a unique index over entries that contradict each other', serverError(11_000)],
  ['BOOKS_REPLACED', 'a collection that was made anew', serverError(361)],
  ['BOOKS_MISSING', 'a database that was emptied', new UnfitDatabaseError('BOOKS_MISSING')],
  ['CREDENTIALS', 'a mechanism that the server does not have', serverError(334)],
  ['FILE', 'a file of certificates that is not there', socketError('ENOENT')],
  ['HOST_UNKNOWN', 'a domain without servers', socketError('ENODATA')],
  ['OTHER', 'what is not known', serverError(999_999)],
  ['OTHER', 'a value that is not an error', 'a text'],
]

describe('the cause of a database failure', () => {
  for (const [name, what, error] of cases) {
    it(`is ${name} for ${what}`, () => {
      expect(causeOf(error).name).to.equal(name)
    })
  }

  it('is found behind the error of a decision', () => {
    expect(causeOf(unavailable('committing accounts', serverError(18))).name).to.equal('CREDENTIALS')
  })

  it('includes the finding for a wrong database', () => {
    const cause = causeOf(new UnfitDatabaseError('BOOKS_MISSING', 'missing: ledger'))
    expect(cause).to.include({ name: 'BOOKS_MISSING', isUnfit: true })
    expect(cause.hint).to.match(/^missing: ledger: /)
    expect(causeOf(serverError(361)).isUnfit).to.equal(false)
  })

  it('always comes with a hint', () => {
    expect(cases.filter(([, , error]) => causeOf(error).hint === '')).to.deep.equal([])
  })
})

/** The error of the driver when no server is suitable. */
function noServer(...servers: readonly object[]): MongoServerSelectionError {
  const described = new Map(servers.map((server, index) => [`127.0.0.1:${27_017 + index}`, server]))
  return new MongoServerSelectionError('-', new TopologyDescription('ReplicaSetNoPrimary', described, 'rs0'))
}

/** A server as it described itself, or a failed check of it. */
function serverOf(hello: Document | Error | undefined): object {
  if (hello instanceof Error) return new ServerDescription(ADDRESS, undefined, { error: hello })
  return new ServerDescription(ADDRESS, hello)
}

function unknown(code: string): object {
  return serverOf(new MongoNetworkError('-', { cause: socketError(code) }))
}

function socketError(code: string): Error {
  return Object.assign(new Error('-'), { code })
}

function serverError(code: number): MongoServerError {
  return new MongoServerError({ message: '-', code })
}

function writeConcernError(code: number): MongoWriteConcernError {
  return new MongoWriteConcernError({ ok: 1, writeConcernError: { code, errmsg: '-' } })
}
