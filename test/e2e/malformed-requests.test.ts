import { expect } from 'chai'
import { callWithBytes } from '../support/clients/bytes-call.js'
import { type AuthorizeRequest, purchase } from '../support/clients/client.js'
import { methodNamed } from '../support/clients/contract.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readBooks } from '../support/database/books.js'
import { useService } from '../support/processes/service-fixture.js'

const malformed = (...badFields: readonly string[]) => ({
  code: 'INVALID_ARGUMENT',
  info: { reason: 'INVALID_REQUEST', domain: 'benefits.v1' },
  badFields,
})

describe('a malformed request', () => {
  const fixture = useService()

  async function failureOf(change: Partial<AuthorizeRequest>) {
    const { code, info, badFields } = await fixture().client.fail(purchase(change))
    return { code, info, badFields }
  }

  for (const [what, change] of [
    ['no transaction_id', { transaction_id: '' }],
    ['a transaction_id of 129 characters', { transaction_id: 'x'.repeat(129) }],
    ['a transaction_id with a space', { transaction_id: 'a b' }],
    ['a transaction_id beyond ASCII', { transaction_id: 'não' }],
    ['no account_id', { account_id: '' }],
    ['an account_id of 65 characters', { account_id: 'x'.repeat(65) }],
    ['an account_id that is an operator', { account_id: '$ne' }],
    ['an account_id that begins with a point', { account_id: '.x' }],
    ['an amount of zero', { amount: 0 }],
    ['a negative amount', { amount: -1_000 }],
    ['an amount of 13 digits', { amount: '1000000000000' }],
    ['the smallest int64 as amount', { amount: '-9223372036854775808' }],
    ['no mcc', { mcc: '' }],
    ['an mcc of three digits', { mcc: '541' }],
    ['an mcc of five digits', { mcc: '54111' }],
    ['an mcc with a letter', { mcc: '54A1' }],
    ['an mcc of digits of another script', { mcc: '٥٤١١' }],
    ['an mcc with a line break', { mcc: '5411\n' }],
    ['a merchant of 100 characters', { merchant: 'x'.repeat(100) }],
    ['a merchant with a control character', { merchant: 'PADARIA\u0000DO ZE' }],
  ] as const) {
    it(`is rejected for ${what}, with the name of the field`, async () => {
      expect(await failureOf(change)).to.deep.equal(malformed(...Object.keys(change)))
    })
  }

  it('gets an error that names all its invalid fields', async () => {
    const everything = { transaction_id: '', account_id: '', amount: 0, mcc: '', merchant: '\n' }
    expect(await failureOf(everything)).to.deep.equal(malformed(...Object.keys(everything)))
  })

  for (const [what, bytes] of [
    ['that end in the middle', [0x0a, 0x7f, 0x41]],
    ['with a wire type that does not exist', [0x0f, 0x01]],
    ['with text that is not UTF-8', [0x0a, 0x02, 0xff, 0xfe]],
  ] as const) {
    it(`is rejected for bytes ${what}`, async () => {
      const { error } = await fixture().client.authorizeBytes(Buffer.from(bytes))
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT' })
    })
  }

  it('gets an error that names the field whose bytes are invalid', async () => {
    const { error } = await fixture().client.authorizeBytes(Buffer.from([0x0f, 0x01]))
    expect(error).to.deep.include(malformed('transaction_id'))
  })

  it('gets an error that names every required field when it is empty', async () => {
    const { error } = await fixture().client.authorizeBytes(Buffer.alloc(0))
    expect(error).to.deep.include(malformed('transaction_id', 'account_id', 'amount', 'mcc'))
  })

  it('is rejected when it is larger than 16 KiB', async () => {
    const { error } = await fixture().client.authorizeBytes(Buffer.alloc(16 * 1_024 + 1))
    expect(error?.code).to.equal('RESOURCE_EXHAUSTED')
  })

  it('gets an answer whatever the number of invalid fields: a thousand once got none', async () => {
    const { path, requestSerialize } = methodNamed('benefits.v1.CategoryService', 'UpsertCategory')
    const bytes = requestSerialize({
      category: { id: 'PETS', mccs: Array.from({ length: 1_000 }, () => 'x') },
    })
    const { error } = await callWithBytes(fixture().service.grpcAddress, path, [bytes])
    expect(error?.code).to.equal('INVALID_ARGUMENT')
    expect(error?.badFields[0]).to.equal('category.mccs[0]')
    expect(error?.message).to.match(/and \d+ more$/)
  })

  it('leaves no trace in the database', async () => {
    const { client, core, env } = fixture()
    const account_id = await fundedAccount(core, { CASH: 1_000n })
    await client.fail(purchase({ account_id, amount: -500 }))
    const books = await readBooks(core.client.db(env['MONGODB_DATABASE']))
    expect(books.map(({ accountId, balances }) => ({ accountId, balances }))).to.deep.equal([
      { accountId: account_id, balances: { CASH: 1_000n } },
    ])
  })

  it('is not rejected for unknown fields', async () => {
    const known = Buffer.from([
      0x0a,
      0x01,
      0x78,
      0x12,
      0x01,
      0x79,
      0x18,
      0x01,
      0x22,
      0x04,
      ...Buffer.from('5411'),
    ])
    const unknown = Buffer.from([0xfa, 0x01, 0x01, 0x7a])
    const { response } = await fixture().client.authorizeBytes(Buffer.concat([known, unknown]))
    expect(response?.code).to.equal('07')
  })
})
