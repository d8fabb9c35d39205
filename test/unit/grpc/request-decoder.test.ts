import { expect } from 'chai'
import fc from 'fast-check'
import { AuthorizationServiceService, AuthorizeRequest } from '../../../src/gen/benefits/v1/authorization.js'
import { UnreadableMessage, withReadErrors } from '../../../src/grpc/request-decoder.js'

describe('request decoder', () => {
  const { authorize } = withReadErrors(AuthorizationServiceService)
  const request: AuthorizeRequest = {
    transactionId: 'tx-1',
    accountId: 'a',
    amount: 1_000n,
    mcc: '5811',
    merchant: 'PADARIA DO ZE',
  }

  it('reads a message as before', () => {
    const bytes = Buffer.from(AuthorizeRequest.encode(request).finish())
    expect(authorize.requestDeserialize(bytes)).to.deep.equal(request)
  })

  it('reads no bytes as a message without fields', () => {
    expect(authorize.requestDeserialize(Buffer.alloc(0))).to.have.property('transactionId', '')
  })

  for (const [what, bytes] of [
    ['a field that is cut off', [0x0a, 0x05, 0x61]],
    ['a field of a type that does not exist', [0x0f]],
    ['a number that does not end', new Array(11).fill(0xff)],
  ] as const) {
    it(`stands in for a message with ${what}`, () => {
      expect(authorize.requestDeserialize(Buffer.from(bytes))).to.be.instanceOf(UnreadableMessage)
    })
  }

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => authorize.requestDeserialize(Buffer.from(bytes))).to.not.throw()
      }),
    )
  })

  it('leaves the rest of the method as it was', () => {
    const { requestDeserialize: _, ...rest } = authorize
    const { requestDeserialize: __, ...original } = AuthorizationServiceService.authorize
    expect(rest).to.deep.equal(original)
  })
})
