import { expect } from 'chai'
import fc from 'fast-check'
import { ChallengeRequestError, readChallengeRequest } from '../../../src/http-api/challenge-request.js'

const read = (text: string) => readChallengeRequest(Buffer.from(text))
const withAmount = (amount: string) =>
  `{"account": "a", "totalAmount": ${amount}, "mcc": "5411", "merchant": "UBER TRIP"}`

describe('a challenge request', () => {
  it('has its four fields', () => {
    expect(read(withAmount('12.00'))).to.deep.equal({
      account: 'a',
      amount: 1_200n,
      mcc: '5411',
      merchant: 'UBER TRIP',
    })
  })

  it('may have more fields, and no merchant', () => {
    const text = '{"id": "1", "account": "a", "totalAmount": 1, "mcc": "5411", "more": [1.50, {"a": 1e99}]}'
    expect(read(text)).to.deep.equal({ account: 'a', amount: 100n, mcc: '5411', merchant: '' })
  })

  for (const [text, amount] of [
    ['12', 1_200n],
    ['12.0', 1_200n],
    ['12.00', 1_200n],
    ['12.000', 1_200n],
    ['0.1', 10n],
    ['0.01', 1n],
    ['0', 0n],
    ['0.29', 29n],
    ['1.15', 115n],
    ['9007199254740993', undefined],
    ['999999999999.99', 99_999_999_999_999n],
    ['90071992547409.93', 9_007_199_254_740_993n],
    ['"12.00"', 1_200n],
    ['"12"', 1_200n],
    ['12.005', undefined],
    ['1e1', undefined],
    ['1E+1', undefined],
    ['-5', undefined],
    ['-0', undefined],
    ['"12,00"', undefined],
    ['"1.234,00"', undefined],
    ['" 12"', undefined],
    ['"12.00\\n"', undefined],
    ['""', undefined],
    ['"0x10"', undefined],
    ['"NaN"', undefined],
    ['null', undefined],
    ['true', undefined],
    ['[12]', undefined],
    ['{"a": 12}', undefined],
    ['1'.repeat(400), undefined],
  ] as const) {
    it(`reads the amount ${text.slice(0, 30)} as ${amount ?? 'no amount'}`, () => {
      if (amount === undefined)
        expect(() => read(withAmount(text))).to.throw(ChallengeRequestError, 'totalAmount')
      else expect(read(withAmount(text)).amount).to.equal(amount)
    })
  }

  it('has exactly the written amount, whatever surrounds it', () => {
    const json = fc.json().filter((text) => !text.includes('totalAmount'))
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), json, fc.string(), (amount, more, merchant) => {
        const digits = amount.toString().padStart(3, '0')
        const decimal = `${digits.slice(0, -2)}.${digits.slice(-2)}`
        const text = `{"more": ${more}, "merchant": ${JSON.stringify(merchant)}, "totalAmount":${decimal}, "account": "a", "mcc": "5411", "last": ${more}}`
        expect(read(text)).to.include({ amount, merchant })
      }),
    )
  })

  for (const [what, text, problem] of [
    ['no body', '', 'the body is empty'],
    ['no JSON', '{', 'not valid JSON'],
    ['a list', '[]', 'not a JSON object'],
    ['null', 'null', 'not a JSON object'],
    ['a number', '12', 'not a JSON object'],
    ['no account', '{"totalAmount": 1, "mcc": "5411"}', 'account must be a string'],
    ['an MCC that is a number', '{"account": "a", "totalAmount": 1, "mcc": 5411}', 'mcc must be a string'],
    ['no amount', '{"account": "a", "mcc": "5411"}', 'totalAmount must be'],
    [
      'a merchant that is null',
      '{"account": "a", "totalAmount": 1, "mcc": "1", "merchant": null}',
      'merchant must',
    ],
  ] as const) {
    it(`is invalid with ${what}`, () => {
      expect(() => read(text)).to.throw(ChallengeRequestError, problem)
    })
  }

  it('is invalid with bytes that are not UTF-8', () => {
    expect(() => readChallengeRequest(Uint8Array.from([0x7b, 0xff, 0x7d]))).to.throw('not valid UTF-8')
  })

  it('is invalid with the deepest nesting that its size allows', () => {
    expect(() => read('['.repeat(4_096))).to.throw(ChallengeRequestError)
    expect(() => read(`${'['.repeat(2_048)}${']'.repeat(2_048)}`)).to.throw(ChallengeRequestError)
  })
})
