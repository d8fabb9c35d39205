import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { codesOf, reasons } from '../../../src/domain/reason.js'
import { Decision, Reason, Retry } from '../../../src/gen/benefits/v1/authorization.js'
import { answerFields } from '../../../src/grpc/reason-mapping.js'
import { at } from '../domain/builders.js'

/** Each reason with its code, its response code and whether to try again, as the service has them. */
const table = Object.fromEntries(
  reasons.map((reason) => {
    const { code, iso8583, retry } = codesOf(reason)
    return [reason, [code, iso8583, retry]]
  }),
)

describe('the table of reasons', () => {
  it('is in the guide to errors', () => {
    const rows = readFileSync('.docs/guide/errors.md', 'utf8').matchAll(
      /^\| ([A-Z_]+) \| (\d\d) \| (\d\d) \| ([A-Z]+) \| [^|]+ \|$/gm,
    )
    const listed = Array.from(rows, ([, name = '', ...codes]) => [name, codes])
    expect(Object.fromEntries(listed)).to.deep.equal(table)
  })

  it('is in the guide for integrators, without the code of the challenge', () => {
    const rows = readFileSync('.docs/guide/integrate.md', 'utf8').matchAll(
      /^\| ([A-Z_]+) \| (\d\d) \| ([A-Z]+) \| [^|]+ \|$/gm,
    )
    const listed = Array.from(rows, ([, name = '', ...codes]) => [name, codes])
    const expected = Object.entries(table).map(([name, [, ...codes]]) => [name, codes])
    expect(Object.fromEntries(listed)).to.deep.equal(Object.fromEntries(expected))
  })

  it('is in the contract', () => {
    const contract = readFileSync('proto/benefits/v1/authorization.proto', 'utf8')
    // The codes stand in brackets, somewhere in the comment of the reason.
    const comments = contract.matchAll(/((?: {2}\/\/ .*\n)+) {2}REASON_([A-Z_]+) = [1-9]/g)
    const listed = Array.from(comments, ([, comment = '', name = '']) => {
      const [, ...codes] = /\((\d\d), (\d\d), ([A-Z]+)[^)]*\)/.exec(comment) ?? []
      return [name, codes]
    })
    expect(Object.fromEntries(listed)).to.deep.equal(table)
  })

  it('has a number in the contract for every reason, and no other', () => {
    expect(Object.keys(Reason).sort()).to.deep.equal([...reasons, 'UNSPECIFIED'].sort())
  })
})

describe('the answer to a reversal', () => {
  const reversal = {
    kind: 'REVERSAL',
    accountId: 'a',
    transactionId: 'r',
    seq: 1n,
    at,
    originalId: 't',
    described: {},
  } as const

  for (const reason of reasons) {
    it(`has the codes of its reason: ${reason}`, () => {
      const { code, iso8583, retry } = codesOf(reason)
      expect(answerFields({ ...reversal, reason }, false)).to.deep.include({
        code,
        iso8583Code: iso8583,
        reason: Reason[reason],
        retry: Retry[retry],
        decision: code === '00' ? Decision.APPROVED : Decision.DECLINED,
      })
    })

    it(`that is an advice has the code 00, and names its reason: ${reason}`, () => {
      expect(answerFields({ ...reversal, reason, advice: true }, false)).to.deep.include({
        code: '00',
        iso8583Code: '00',
        reason: Reason[reason],
        retry: Retry.NEVER,
        decision: Decision.APPROVED,
      })
    })
  }
})
