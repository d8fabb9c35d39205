import { type ServiceError, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { type Indecision, UndecidedError } from '../../../src/application/errors.js'
import type { Any } from '../../../src/gen/google/protobuf/any.js'
import { BadRequest, ErrorInfo, RetryInfo } from '../../../src/gen/google/rpc/error_details.js'
import { Status } from '../../../src/gen/google/rpc/status.js'
import { CallError, type CallErrorKind, callErrorOf, serviceErrorOf } from '../../../src/grpc/call-error.js'

const codes: readonly (readonly [CallErrorKind, status, 'may be retried' | 'is final'])[] = [
  ['INVALID_REQUEST', status.INVALID_ARGUMENT, 'is final'],
  ['TRANSACTION_ID_REUSED', status.ALREADY_EXISTS, 'is final'],
  ['MERCHANT_RULE_NOT_FOUND', status.NOT_FOUND, 'is final'],
  ['MERCHANT_RULE_EXISTS', status.ALREADY_EXISTS, 'is final'],
  ['MERCHANT_RULES_TIE', status.ALREADY_EXISTS, 'is final'],
  ['MERCHANT_RULES_FULL', status.FAILED_PRECONDITION, 'is final'],
  ['MERCHANT_RULE_CHANGED', status.ABORTED, 'is final'],
  ['UNAUTHENTICATED', status.UNAUTHENTICATED, 'is final'],
  ['SCOPE_MISSING', status.PERMISSION_DENIED, 'is final'],
  ['OVERLOADED', status.RESOURCE_EXHAUSTED, 'may be retried'],
  ['UNAVAILABLE', status.UNAVAILABLE, 'may be retried'],
  ['STREAM_ENDED', status.UNAVAILABLE, 'may be retried'],
  ['NO_TIME_LEFT', status.DEADLINE_EXCEEDED, 'is final'],
  ['INTERNAL', status.INTERNAL, 'is final'],
]

describe('call error', () => {
  for (const [kind, code, retry] of codes) {
    describe(kind, () => {
      const sent = serviceErrorOf(new CallError(kind))

      it(`ends the call with ${status[code]}`, () => {
        expect(sent.code).to.equal(code)
      })

      it('repeats code and message in its details', () => {
        const { code: detailedCode, message } = richStatusOf(sent)
        expect({ detailedCode, message }).to.deep.equal({ detailedCode: code, message: sent.details })
      })

      it('carries one ErrorInfo with its kind as the reason', () => {
        expect(detailsOf(sent, 'ErrorInfo').map((bytes) => ErrorInfo.decode(bytes))).to.deep.equal([
          { reason: kind, domain: 'benefits.v1', metadata: {} },
        ])
      })

      it(`${retry}, with a matching RetryInfo or none`, () => {
        const delays = detailsOf(sent, 'RetryInfo').map((bytes) => RetryInfo.decode(bytes).retryDelay)
        const expected = retry === 'may be retried' ? [{ seconds: 0n, nanos: 200_000_000 }] : []
        expect(delays).to.deep.equal(expected)
      })

      it('carries no BadRequest without violations', () => {
        expect(detailsOf(sent, 'BadRequest')).to.deep.equal([])
      })
    })
  }

  it('adds details for people and for programs', () => {
    const particular = { detail: 'rule a', metadata: { merchant_rule: 'a' } }
    const sent = serviceErrorOf(new CallError('MERCHANT_RULES_TIE', particular))
    expect(sent.details).to.match(/: rule a$/)
    expect(detailsOf(sent, 'ErrorInfo').map((bytes) => ErrorInfo.decode(bytes).metadata)).to.deep.equal([
      { merchant_rule: 'a' },
    ])
  })

  describe('with more violations than fit into trailers', () => {
    const violations = Array.from({ length: 1_000 }, (_, at) => ({
      field: `category.mccs[${at}]`,
      description: 'must be four digits, or two times four with a hyphen',
    }))
    const error = new CallError('INVALID_REQUEST', { violations })
    const sent = serviceErrorOf(error)

    it('names the first violations, and counts the others', () => {
      const named = error.violations.length
      expect(error.violations).to.deep.equal(violations.slice(0, named))
      expect(named).to.be.above(10)
      expect(sent.details).to.match(new RegExp(`; and ${1_000 - named} more$`))
    })

    it('has trailers that any client accepts', () => {
      const bytes = [...Object.entries(sent.metadata.toHttp2Headers())].flat(2).join('').length
      expect(bytes + encodeURI(sent.details).length).to.be.below(8 * 1_024)
    })

    it('names a violation of any length, truncated', () => {
      const long = new CallError('INVALID_REQUEST', {
        violations: [{ field: 'category', description: `must be one of ${'FOOD, '.repeat(9_000)}` }],
      })
      expect(long.violations.map(({ description }) => description.length)).to.deep.equal([403])
      const pairs = new CallError('INVALID_REQUEST', {
        violations: [{ field: 'name', description: `x${'🍕'.repeat(400)}` }],
      })
      expect(() => encodeURI(pairs.message)).not.to.throw()
    })
  })

  describe('with violations', () => {
    const violations = [
      { field: 'mcc', description: 'must be exactly four digits' },
      { field: 'amount', description: 'must be positive' },
    ]
    const sent = serviceErrorOf(new CallError('INVALID_REQUEST', { violations }))

    it('carries one BadRequest that names every field', () => {
      const found = detailsOf(sent, 'BadRequest').map((bytes) => BadRequest.decode(bytes).fieldViolations)
      expect(found.map((all) => all.map(({ field, description }) => ({ field, description })))).to.deep.equal(
        [violations],
      )
    })

    it('still carries one ErrorInfo', () => {
      expect(detailsOf(sent, 'ErrorInfo').length).to.equal(1)
    })

    it('names every field in its message', () => {
      expect(sent.details).to.equal(
        'the request is malformed: mcc must be exactly four digits; amount must be positive',
      )
    })
  })

  describe('made from a thrown error', () => {
    const secretText = 'mongodb://user:password@host refused'

    it('is the same error when it was thrown as a call error', () => {
      const error = new CallError('SCOPE_MISSING')
      expect(callErrorOf(error)).to.equal(error)
    })

    for (const indecision of ['UNAVAILABLE', 'OVERLOADED', 'NO_TIME_LEFT'] satisfies Indecision[]) {
      it(`is ${indecision} when that prevented the decision`, () => {
        expect(callErrorOf(new UndecidedError(indecision, secretText)).kind).to.equal(indecision)
      })

      it(`keeps the text of ${indecision} from the caller`, () => {
        const sent = serviceErrorOf(callErrorOf(new UndecidedError(indecision, secretText)))
        expect(everythingIn(sent)).to.not.include('password')
      })
    }

    for (const thrown of [new TypeError(secretText), secretText, undefined, { code: status.NOT_FOUND }]) {
      it(`is INTERNAL for ${thrown instanceof Error ? 'an unknown error' : JSON.stringify(thrown)}`, () => {
        expect(callErrorOf(thrown).kind).to.equal('INTERNAL')
      })

      it(`has a neutral text for ${thrown instanceof Error ? 'an unknown error' : JSON.stringify(thrown)}`, () => {
        const sent = serviceErrorOf(callErrorOf(thrown))
        expect(everythingIn(sent)).to.equal(everythingIn(serviceErrorOf(new CallError('INTERNAL'))))
      })
    }

    it('keeps the cause for the log', () => {
      const cause = new TypeError(secretText)
      expect(callErrorOf(cause).cause).to.equal(cause)
    })
  })
})

function richStatusOf({ metadata }: ServiceError): Status {
  const trailers = metadata.get('grpc-status-details-bin')
  expect(trailers.length, 'one trailer').to.equal(1)
  return Status.decode(Buffer.from(trailers[0] ?? ''))
}

function detailsOf(sent: ServiceError, type: string): readonly Buffer[] {
  const details: readonly Any[] = richStatusOf(sent).details
  return details
    .filter(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${type}`)
    .map(({ value }) => value)
}

/** All of its parts that go over the wire. */
function everythingIn({ code, details, metadata }: ServiceError): string {
  const trailers = Object.values(metadata.getMap()).map((value) => value.toString())
  return [code, details, ...Object.keys(metadata.getMap()), ...trailers].join('\n')
}
