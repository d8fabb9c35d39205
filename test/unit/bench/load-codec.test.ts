import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { expect } from 'chai'
import fc from 'fast-check'
import { readAnswer, readStreamAnswer } from '../../../bench/load/answer.js'
import { RequestWriter } from '../../../bench/load/request-writer.js'
import {
  AuthorizeRequest,
  AuthorizeResponse,
  Fallback,
  Reason,
  Retry,
} from '../../../src/gen/benefits/v1/authorization.js'
import { Status } from '../../../src/gen/google/rpc/status.js'

const ascii = (max: number) =>
  fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: max,
  })

const answers = fc.record({
  transactionId: ascii(128),
  code: fc.constantFrom('00', '51', '07'),
  decision: fc.constantFrom(1, 2),
  reason: fc.constantFrom(...Object.values(Reason)),
  iso8583Code: ascii(2),
  category: ascii(32),
  effectiveMcc: ascii(4),
  merchantRule: ascii(64),
  balance: fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), { nil: undefined }),
  replayed: fc.boolean(),
  decidedAt: fc.option(fc.date({ noInvalidDate: true, min: new Date(0) }), { nil: undefined }),
  retry: fc.constantFrom(...Object.values(Retry)),
  approvedAmount: fc.bigInt({ min: 0n, max: 999_999_999_999n }),
})

function whatIsRead({ transactionId, code, reason, category, replayed }: AuthorizeResponse) {
  return { transactionId, code, reason, category, replayed }
}

describe('the messages that the load generator writes and reads by hand', () => {
  it('are requests that the generated code reads', () => {
    const writer = new RequestWriter()
    const request = fc.record({
      id: ascii(128),
      accountId: ascii(64),
      amount: fc.integer({ min: 1, max: 999_999_999_999 }),
      mcc: ascii(4),
      merchant: ascii(99),
    })
    fc.assert(
      fc.property(request, (purchase) => {
        const framed = writer.message(purchase)
        expect(framed.readUInt32BE(1)).to.equal(framed.length - 5)
        const { id, accountId, amount, mcc, merchant } = purchase
        const absent = { fallback: Fallback.UNSPECIFIED, network: undefined }
        const expected = { transactionId: id, accountId, amount: BigInt(amount), mcc, merchant, ...absent }
        expect(AuthorizeRequest.decode(framed.subarray(5))).to.deep.equal(expected)
      }),
    )
  })

  it('are answers that the generated code writes', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const bytes = Buffer.from(AuthorizeResponse.encode(answer).finish())
        expect(readAnswer(bytes)).to.deep.equal(whatIsRead(answer))
      }),
    )
  })

  it('are answers on a stream', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const writer = new BinaryWriter().uint32(0x08).int64(300n).uint32(0x12).string(answer.transactionId)
        AuthorizeResponse.encode(answer, writer.uint32(0x1a).fork()).join()
        expect(readStreamAnswer(Buffer.from(writer.finish()))).to.deep.equal({
          transactionId: answer.transactionId,
          answer: whatIsRead(answer),
          error: undefined,
        })
      }),
    )
  })

  it('are errors on a stream', () => {
    const details = [{ typeUrl: 'type.googleapis.com/any', value: Buffer.alloc(300) }]
    const writer = new BinaryWriter().uint32(0x12).string('t-1')
    Status.encode({ code: 8, message: 'too many', details }, writer.uint32(0x22).fork()).join()
    expect(readStreamAnswer(Buffer.from(writer.finish()))).to.deep.equal({
      transactionId: 't-1',
      answer: undefined,
      error: { status: 8, message: 'too many' },
    })
  })

  it('are rejected when they are cut off', () => {
    const bytes = Buffer.from(
      AuthorizeResponse.encode(AuthorizeResponse.decode(Buffer.from('0a0131', 'hex'))).finish(),
    )
    expect(() => readAnswer(bytes.subarray(0, 2))).to.throw('ends within')
    expect(() => readAnswer(Buffer.from('20ffff', 'hex'))).to.throw('ends within')
    expect(() => readAnswer(Buffer.from(`20${'ff'.repeat(11)}`, 'hex'))).to.throw('ten bytes')
    expect(() => readAnswer(Buffer.from('0b', 'hex'))).to.throw('wire type 3')
  })
})
