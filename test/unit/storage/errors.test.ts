import { createRequire } from 'node:module'
import { expect } from 'chai'
import {
  type BulkWriteResult,
  MongoBulkWriteError,
  MongoClientBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb'
import { UndecidedError } from '../../../src/application/errors.js'
import { classified, DUPLICATE_KEY, mapTransientErrors, unavailable } from '../../../src/storage/errors.js'

// The pool's errors have names but no public classes, so the test creates the real ones.
const { PoolClearedError, PoolClosedError, WaitQueueTimeoutError } = createRequire(import.meta.url)(
  'mongodb/lib/cmap/errors.js',
)
// The same holds for errors of single writes.
const { WriteConcernError, WriteError: FailedWrite } = createRequire(import.meta.url)(
  'mongodb/lib/bulk/common.js',
)
const pool = { address: 'localhost:27017', serverError: undefined }

const passing: readonly (readonly [string, unknown])[] = [
  ['MongoNetworkError', new MongoNetworkError('-')],
  ['MongoNetworkTimeoutError', new MongoNetworkTimeoutError('-')],
  ['MongoServerSelectionError', selectionError()],
  ['MongoNotConnectedError', new MongoNotConnectedError('-')],
  ['MongoServerClosedError', new MongoServerClosedError('-')],
  ['MongoTopologyClosedError', new MongoTopologyClosedError('-')],
  ['MongoClientClosedError', new MongoClientClosedError()],
  ['MongoPoolClearedError', new PoolClearedError(pool)],
  ['MongoPoolClosedError', new PoolClosedError(pool)],
  ['MongoWaitQueueTimeoutError', new WaitQueueTimeoutError('-', 'localhost:27017')],
  ['a write concern that was not met in time', writeConcernError(64)],
  ['a write concern that failed for any other reason', writeConcernError(79)],
  ['a bulk write that a lost connection ended', bulkWriteError(new MongoNetworkError('-'))],
  ['a collection’s bulk write that a lost connection ended', collectionError(new MongoNetworkError('-'))],
  ['a collection’s bulk write that a whole command ended', collectionError(serverError({ code: 13_388 }))],
  ['a collection’s bulk write of which one write had moved', writesError([13_388])],
  ['the same, after some that were there already', writesError([DUPLICATE_KEY, DUPLICATE_KEY, 82])],
  [
    'writes that were there already, perhaps not for good',
    writesError([DUPLICATE_KEY], { isDurable: false }),
  ],
  ...[
    'RetryableWriteError',
    'RetryableError',
    'TransientTransactionError',
    'SystemOverloadedError',
    'ResetPool',
    'PoolRequestedRetry',
  ].map((label) => [`the label ${label}`, serverError({ code: 1, errorLabels: [label] })] as const),
  ...[
    6, 7, 13, 18, 50, 64, 70, 82, 89, 91, 100, 112, 133, 134, 150, 175, 189, 202, 203, 211, 239, 246, 249,
    250, 262, 272, 343, 361, 407, 9_001, 10_107, 11_600, 11_601, 11_602, 13_388, 13_435, 13_436, 14_031,
  ].map((code) => [`the code ${code}`, serverError({ code })] as const),
]

const lasting: readonly (readonly [string, unknown])[] = [
  ['a duplicate key', serverError({ code: DUPLICATE_KEY })],
  ['a failed validation', serverError({ code: 121 })],
  ['a server error without a code', serverError({})],
  ['another label', serverError({ code: 1, errorLabels: ['NoWritesPerformed'] })],
  ['a wrong call of the driver', new MongoInvalidArgumentError('-')],
  ['a bulk write of which one operation failed', bulkWriteError(undefined)],
  ['a collection’s bulk write that the server rejected', collectionError(serverError({ code: 121 }))],
  ['a collection’s bulk write of what was there already', writesError([DUPLICATE_KEY])],
  ['a collection’s bulk write of which the server rejected one', writesError([13_388, DUPLICATE_KEY, 121])],
  ['the same, perhaps not for good', writesError([121], { isDurable: false })],
  ['options that the server does not know', serverError({ code: 72 })],
  ['a bulk write that a bug ended', bulkWriteError(new MongoInvalidArgumentError('-'))],
  ['a passing code on an error that is not the server’s', Object.assign(new MongoError('-'), { code: 91 })],
  ['a passing code on an error of somebody else', Object.assign(new Error('-'), { code: 91 })],
  ['texts that sound passing', serverError({ code: 1, message: 'not primary, connection timed out' })],
  ['a name that sounds passing', Object.assign(new Error('-'), { name: 'MongoNetworkError' })],
  ['a bug', new TypeError('-')],
  ['nothing', undefined],
]

describe('database errors', () => {
  for (const [what, error] of passing) {
    it(`are UNAVAILABLE: ${what}`, () => {
      expect(classified('testing', error))
        .to.be.instanceOf(UndecidedError)
        .with.property('indecision', 'UNAVAILABLE')
    })
  }

  for (const [what, error] of lasting) {
    it(`stay unchanged: ${what}`, () => {
      expect(classified('testing', error)).to.equal(error)
    })
  }

  it('are kept as the cause', () => {
    const error = new MongoNetworkError('-')
    expect(classified('testing', error)).to.have.property('cause', error)
  })

  it('are reported without the text of the driver', () => {
    expect(unavailable('loading accounts', new MongoNetworkError('mongodb://user:password@host'))).to.include(
      { message: 'loading accounts: the database does not answer' },
    )
  })
})

describe('while the database is available', () => {
  it('an operation returns its result', async () => {
    expect(await mapTransientErrors('testing', async () => 7)).to.equal(7)
  })

  it('a transient error becomes an UndecidedError', async () => {
    const outcome = mapTransientErrors('testing', async () => {
      throw new MongoNetworkError('-')
    })
    expect(await outcome.catch((error: unknown) => error)).to.be.instanceOf(UndecidedError)
  })

  it('any other error is passed on', async () => {
    const bug = new TypeError('-')
    const outcome = mapTransientErrors('testing', async () => {
      throw bug
    })
    expect(await outcome.catch((error: unknown) => error)).to.equal(bug)
  })

  it('an operation that throws synchronously is treated the same way', async () => {
    const outcome = mapTransientErrors('testing', () => {
      throw new MongoNetworkError('-')
    })
    expect(await outcome.catch((error: unknown) => error)).to.be.instanceOf(UndecidedError)
  })
})

function serverError(description: {
  readonly code?: number
  readonly message?: string
  readonly errorLabels?: string[]
}): MongoServerError {
  return new MongoServerError({ message: '-', ...description })
}

function selectionError(): MongoServerSelectionError {
  // Only the error of the reason is read from the topology description.
  return new MongoServerSelectionError('-', { error: undefined } as unknown as ConstructorParameters<
    typeof MongoServerSelectionError
  >[1])
}

function writeConcernError(code: number): MongoWriteConcernError {
  return new MongoWriteConcernError({ ok: 1, writeConcernError: { code, errmsg: '-' } })
}

function collectionError(inner: MongoError): MongoBulkWriteError {
  // The result is not read.
  return new MongoBulkWriteError(inner, {} as BulkWriteResult)
}

/** The bulk write error of the driver after these failed writes. */
function writesError(
  codes: readonly number[],
  { isDurable = true }: { readonly isDurable?: boolean } = {},
): MongoBulkWriteError {
  const writeErrors: readonly WriteError[] = codes.map(
    (code, index) => new FailedWrite({ code, index, errmsg: '-' }),
  )
  const concern = new WriteConcernError({ code: 64, errmsg: '-' })
  // Nothing else of the result is read.
  const result = { getWriteConcernError: () => (isDurable ? undefined : concern) } as BulkWriteResult
  return new MongoBulkWriteError({ message: '-', code: codes[0] ?? 0, writeErrors: [...writeErrors] }, result)
}

function bulkWriteError(cause: Error | undefined): MongoClientBulkWriteError {
  const error = new MongoClientBulkWriteError({ message: '-' })
  return cause ? Object.assign(error, { cause }) : error
}
