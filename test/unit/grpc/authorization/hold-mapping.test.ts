import { expect } from 'chai'
import type { HoldRequest } from '../../../../src/domain/entry.js'
import { HOLD_DAYS_MAX } from '../../../../src/domain/hold-policy.js'
import type { Hold } from '../../../../src/gen/benefits/v1/authorization.js'
import { holdIn, holdMessage } from '../../../../src/grpc/authorization/hold-mapping.js'
import { CallError, type FieldViolation } from '../../../../src/grpc/call-error.js'
import { RequestFields } from '../../../../src/grpc/request-fields.js'

const MOST = BigInt(HOLD_DAYS_MAX) * 86_400n

const lasting = (seconds: bigint, nanos = 0): Hold => ({ expiresIn: { seconds, nanos } })

function read(message: Hold | undefined): HoldRequest | undefined {
  const fields = new RequestFields()
  const hold = holdIn(fields, 'hold', message)
  fields.close()
  return hold
}

function violationsOf(message: Hold): readonly FieldViolation[] {
  try {
    read(message)
  } catch (error) {
    if (error instanceof CallError) return error.violations
    throw error
  }
  return []
}

describe('a requested hold', () => {
  for (const [what, message, expected] of [
    ['none', undefined, undefined],
    ['one for the time of the hold policy', { expiresIn: undefined }, {}],
    ['one for a second', lasting(1n), { expiresInSeconds: 1 }],
    ['one for 31 days', lasting(MOST), { expiresInSeconds: 2_678_400 }],
  ] as const) {
    it(`is read and written: ${what}`, () => {
      expect(read(message)).to.deep.equal(expected)
      expect(holdMessage(expected)).to.deep.equal(message)
    })
  }

  for (const [what, message] of [
    ['no time', lasting(0n)],
    ['a part of a second', lasting(0n, 500_000_000)],
    ['a second and a part', lasting(1n, 1)],
    ['almost a second', lasting(1n, -1)],
    ['less than nothing', lasting(-1n)],
    ['a second over 31 days', lasting(MOST + 1n)],
    ['31 days and a part of a second', lasting(MOST, 1)],
    ['the largest number of seconds', lasting(2n ** 63n - 1n)],
    ['the smallest number of seconds', lasting(-(2n ** 63n))],
  ] as const) {
    it(`is rejected, with the bounds: ${what}`, () => {
      expect(violationsOf(message)).to.deep.equal([
        { field: 'hold.expires_in', description: 'must be whole seconds, from 1 second to 31 days' },
      ])
    })
  }
})
