import { expect } from 'chai'
import fc from 'fast-check'
import {
  AuthorizationServiceService,
  AuthorizeRequest,
  Fallback,
} from '../../../src/gen/benefits/v1/authorization.js'
import { loadDescriptors } from '../../../src/grpc/reflection/descriptors.js'
import { UnreadableMessage, withReadErrors } from '../../../src/grpc/request-decoder.js'
import { field } from '../../support/clients/wire-messages.js'

describe('request decoder', () => {
  const descriptors = loadDescriptors()
  const { authorize } = withReadErrors(AuthorizationServiceService, descriptors)
  const request: AuthorizeRequest = {
    transactionId: 'tx-1',
    accountId: 'a',
    amount: 1_000n,
    mcc: '5811',
    merchant: 'PADARIA DO ZE',
    fallback: Fallback.NEVER,
    network: undefined,
    verification: false,
    hold: undefined,
  }

  it('reads a message as the generated decoder does', () => {
    const bytes = Buffer.from(AuthorizeRequest.encode(request).finish())
    expect(authorize.requestDeserialize(bytes)).to.deep.equal(request)
  })

  it('reads no bytes as an empty message', () => {
    expect(authorize.requestDeserialize(Buffer.alloc(0))).to.have.property('transactionId', '')
  })

  it('replaces a message with a fault, and names the location', () => {
    const read = authorize.requestDeserialize(Buffer.from(field(5, [0xff])))
    expect(read).to.be.instanceOf(UnreadableMessage)
    expect(read).to.have.deep.property('violation', {
      field: 'merchant',
      description: 'is not valid UTF-8 (byte 0)',
    })
  })

  it('names the request when none of its fields is at fault', () => {
    expect(authorize.requestDeserialize(Buffer.from([0x00]))).to.have.nested.property(
      'violation.field',
      'request',
    )
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => authorize.requestDeserialize(Buffer.from(bytes))).to.not.throw()
      }),
    )
  })

  it('does not exist for a method that the descriptors lack', () => {
    const renamed = {
      authorize: { ...AuthorizationServiceService.authorize, path: '/benefits.v1.Nothing/At' },
    }
    expect(() => withReadErrors(renamed, descriptors)).to.throw('no method /benefits.v1.Nothing/At')
  })

  it('changes nothing else of the method', () => {
    const { requestDeserialize: _, ...rest } = authorize
    const { requestDeserialize: __, ...original } = AuthorizationServiceService.authorize
    expect(rest).to.deep.equal(original)
  })
})
