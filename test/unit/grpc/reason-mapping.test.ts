import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { codesOf, reasons } from '../../../src/domain/reason.js'
import { Reason, Retry } from '../../../src/gen/benefits/v1/authorization.js'
import { reasonFields, reasonOf } from '../../../src/grpc/reason-mapping.js'

/** The reasons that the contract has: those of holds are still to come. */
const contracted = reasons.filter((reason) => reason in Reason)

/** Each of them with its code, its response code and whether to try again, as the service has them. */
const table = Object.fromEntries(
  contracted.map((reason) => {
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

  for (const reason of contracted) {
    it(`equals what an answer contains: ${reason}`, () => {
      const { code, iso8583, retry } = codesOf(reason)
      expect(reasonFields(reason)).to.deep.equal({
        code,
        iso8583Code: iso8583,
        reason: reasonOf(reason),
        retry: Retry[retry],
      })
    })
  }
})
