import { expect } from 'chai'
import fc from 'fast-check'
import { CallError } from '../../../../src/grpc/call-error.js'
import { pageSizeOf, readPageToken, writePageToken } from '../../../../src/grpc/pages/page-token.js'

/** The field that is rejected, or ACCEPTED. */
function rejectedField(read: () => unknown): string | undefined {
  try {
    read()
    return 'ACCEPTED'
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return `${error.kind} ${error.violations.map(({ field }) => field).join()}`
  }
}

const rejectedToken = 'INVALID_REQUEST page_token'
/** The content of page tokens: account ids, and positions in a history. */
const anyPlace = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/),
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
)
const anyValue = fc.oneof(fc.string(), fc.integer(), fc.constant(undefined), fc.date({ noInvalidDate: true }))
const anyFilter = fc.array(anyValue, { minLength: 1, maxLength: 6 })

describe('page token', () => {
  it('returns the written position for the same filter', () => {
    fc.assert(
      fc.property(anyPlace, anyFilter, (place, filter) => {
        expect(readPageToken(writePageToken(place, filter), filter)).to.equal(place)
      }),
    )
  })

  it('is one word without characters to escape', () => {
    fc.assert(
      fc.property(anyPlace, anyFilter, (place, filter) => {
        expect(writePageToken(place, filter)).to.match(/^[\w-]{1,512}$/)
      }),
    )
  })

  it('is rejected with another filter', () => {
    const different = fc
      .tuple(anyFilter, anyFilter)
      .filter(([one, other]) => JSON.stringify(one) !== JSON.stringify(other))
    fc.assert(
      fc.property(anyPlace, different, (place, [one, other]) => {
        expect(rejectedField(() => readPageToken(writePageToken(place, one), other))).to.equal(rejectedToken)
      }),
    )
  })

  it('is rejected when it is garbage', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), anyFilter, (garbage, filter) => {
        expect(rejectedField(() => readPageToken(garbage, filter))).to.equal(rejectedToken)
      }),
    )
  })

  it('is rejected when its first part is damaged', () => {
    const token = writePageToken('6712b3eb3ec7354864d4274f', [1])
    const damaged = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`
    expect(rejectedField(() => readPageToken(damaged, [1]))).to.equal(rejectedToken)
  })

  it('is rejected when it is too long to be valid', () => {
    const long = writePageToken('x'.repeat(1_000), [1])
    expect(rejectedField(() => readPageToken(long, [1]))).to.equal(rejectedToken)
  })

  it('is absent on the first page', () => {
    expect(readPageToken('', ['any'])).to.equal(undefined)
  })
})

describe('page size', () => {
  const sizes = { 0: 50, 1: 1, 50: 50, 999: 999, 1000: 1_000, 1001: 1_000, 2147483647: 1_000 }
  for (const [asked, used] of Object.entries(sizes)) {
    it(`${asked} means ${used}`, () => {
      expect(pageSizeOf(Number(asked))).to.equal(used)
    })
  }

  it('is rejected below zero', () => {
    expect(rejectedField(() => pageSizeOf(-1))).to.equal('INVALID_REQUEST page_size')
  })
})
