import { expect } from 'chai'
import { CallError, type FieldViolation } from '../../../src/grpc/call-error.js'
import { RequestFields } from '../../../src/grpc/request-fields.js'

/** Name, value, and how a request reads it. */
type Case = readonly [string, (fields: RequestFields) => unknown]

const accountId = (value: string) => (fields: RequestFields) => fields.accountId('account_id', value)
const transactionId = (value: string) => (fields: RequestFields) =>
  fields.transactionId('transaction_id', value)
const amount = (value: bigint) => (fields: RequestFields) => fields.amount('amount', value)
const mcc = (value: string) => (fields: RequestFields) => fields.mcc('mcc', value)
const merchant = (value: string) => (fields: RequestFields) => fields.merchant('merchant', value)

const good: readonly Case[] = [
  ['an account id of one letter', accountId('a')],
  ['an account id of one digit', accountId('0')],
  ['an account id of 64 characters', accountId('a'.repeat(64))],
  ['an account id with every sign it may have', accountId('A9._:-z')],
  ['a transaction id of one character', transactionId('!')],
  ['a transaction id of 128 characters', transactionId('~'.repeat(128))],
  ['an amount of one centavo', amount(1n)],
  ['an amount of twelve nines', amount(999_999_999_999n)],
  ['an MCC of four digits', mcc('0000')],
  ['an empty merchant', merchant('')],
  ['a merchant of 99 characters', merchant('x'.repeat(99))],
  ['a merchant of 99 characters beyond the basic plane', merchant('🥖'.repeat(99))],
  ['a merchant in any script, with spaces', merchant('PADARIA DO ZÉ 東京')],
]

const bad: readonly Case[] = [
  ['account_id: an empty one', accountId('')],
  ['account_id: one of 65 characters', accountId('a'.repeat(65))],
  ['account_id: one that begins with a sign', accountId('-a')],
  ['account_id: one with a space', accountId('a b')],
  ['account_id: one with a dollar', accountId('a$b')],
  ['account_id: one with a slash', accountId('a/b')],
  ['account_id: one with an accent', accountId('é')],
  ['account_id: one that ends with a new line', accountId('a\n')],
  ['transaction_id: an empty one', transactionId('')],
  ['transaction_id: one of 129 characters', transactionId('1'.repeat(129))],
  ['transaction_id: one with a space', transactionId('1 2')],
  ['transaction_id: one with DEL', transactionId('1\u007f')],
  ['transaction_id: one with an accent', transactionId('é')],
  ['transaction_id: one that ends with a new line', transactionId('1\n')],
  ['amount: nothing', amount(0n)],
  ['amount: less than nothing', amount(-1n)],
  ['amount: thirteen digits', amount(1_000_000_000_000n)],
  ['amount: the largest int64', amount(2n ** 63n - 1n)],
  ['amount: the smallest int64', amount(-(2n ** 63n))],
  ['mcc: an empty one', mcc('')],
  ['mcc: three digits', mcc('541')],
  ['mcc: five digits', mcc('54110')],
  ['mcc: a letter', mcc('54A1')],
  ['mcc: digits that are not ASCII', mcc('٥٤١١')],
  ['mcc: a new line at its end', mcc('5411\n')],
  ['merchant: 100 characters', merchant('x'.repeat(100))],
  ['merchant: 100 characters beyond the basic plane', merchant('🥖'.repeat(100))],
  ['merchant: a NUL', merchant('PADARIA\u0000')],
  ['merchant: a new line', merchant('PADARIA\nDO ZE')],
  ['merchant: a control character beyond ASCII', merchant('PADARIA\u0085')],
]

describe('request fields', () => {
  for (const [what, read] of good) {
    it(`accept ${what}`, () => {
      expect(violationsOf(read)).to.deep.equal([])
    })
  }

  for (const [what, read] of bad) {
    it(`reject ${what}`, () => {
      expect(violationsOf(read).map(({ field }) => field)).to.deep.equal([what.split(':')[0]])
    })
  }

  it('pass a valid value on unchanged', () => {
    const fields = new RequestFields()
    const read = [fields.accountId('a', 'A.1'), fields.amount('b', 7n), fields.merchant('c', ' Zé ')]
    expect(read).to.deep.equal(['A.1', 7n, ' Zé '])
  })

  it('name every invalid field at once, in the order of reading', () => {
    const violations = violationsOf((fields) => {
      for (const read of [transactionId(''), accountId('a'), amount(0n), mcc('x'), merchant('\n')])
        read(fields)
    })
    expect(violations.map(({ field }) => field)).to.deep.equal([
      'transaction_id',
      'amount',
      'mcc',
      'merchant',
    ])
  })

  it('describe the valid values of each field', () => {
    const violations = violationsOf(amount(0n))
    expect(violations).to.deep.equal([{ field: 'amount', description: 'must be 1 to 999999999999 centavos' }])
  })

  it('fail as an INVALID_REQUEST', () => {
    const fields = new RequestFields()
    fields.mcc('mcc', '')
    expect(() => fields.close())
      .to.throw(CallError)
      .with.property('kind', 'INVALID_REQUEST')
  })

  it('never repeat an invalid value', () => {
    const fields = new RequestFields()
    fields.accountId('account_id', 'caller secret')
    expect(() => fields.close())
      .to.throw(CallError)
      .with.property('message')
      .that.does.not.include('caller secret')
  })
})

function violationsOf(read: (fields: RequestFields) => unknown): readonly FieldViolation[] {
  const fields = new RequestFields()
  read(fields)
  try {
    fields.close()
    return []
  } catch (error) {
    if (error instanceof CallError) return error.violations
    throw error
  }
}
