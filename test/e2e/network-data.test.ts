import { expect } from 'chai'
import { AccountClient } from '../support/clients/account-client.js'
import { type AuthorizeRequest, authorizeMethod, purchase } from '../support/clients/client.js'
import { PurchaseStream } from '../support/clients/purchase-stream.js'
import { field } from '../support/clients/wire-messages.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { callJson } from '../support/http-api.js'
import { useHttpApi } from '../support/processes/service-fixture.js'

const AUTHORIZE = 'benefits.v1.AuthorizationService/Authorize'
const network = {
  rail: 'RAIL_VOUCHER',
  product: 'PRODUCT_FOOD_PAT',
  merchant_id: 'LOJA 0000000001',
  merchant_tax_id: '12ABC34501DE35',
  acquirer_id: '00012345678',
  terminal_id: 'TERM0001',
  rrn: '633412000123',
  network_reference: 'MCC0123456789',
  currency: '986',
  entry_mode: '051',
  local_time: '2026-11-23T12:34:56',
} as const
const { product: _, rail: _rail, ...texts } = network

describe('network data', () => {
  const fixture = useHttpApi()
  let office: AccountClient
  before(() => {
    office = new AccountClient(fixture().service.grpcAddress)
  })
  after(() => office?.close())

  async function bread(over: Partial<AuthorizeRequest> = {}): Promise<AuthorizeRequest> {
    return purchase({ account_id: await fundedAccount(fixture().core, { CASH: 5_000n }), ...over })
  }

  async function bookOf(accountId: string) {
    const { core, env } = fixture()
    return await readBook(core.client.db(env['MONGODB_DATABASE']), accountId)
  }

  it('is kept with the purchase, and the statement shows it', async () => {
    const request = await bread({ network })
    expect(await fixture().client.decide(request)).to.include({ code: '00' })
    const { account_id, transaction_id } = request
    const { transaction } = await office.ask('GetTransaction', { account_id, transaction_id })
    expect(transaction.network).to.deep.equal(network)
    const { entries } = await bookOf(account_id)
    expect(entries.at(-1)?.network).to.deep.equal({ ...texts, rail: 'VOUCHER', product: 'FOOD_PAT' })
  })

  it('that was not sent is neither stored nor shown', async () => {
    for (const request of [await bread(), await bread({ network: {} })]) {
      await fixture().client.decide(request)
      const { account_id, transaction_id } = request
      const { transaction } = await office.ask('GetTransaction', { account_id, transaction_id })
      expect(transaction.network ?? undefined).to.equal(undefined)
      expect((await bookOf(account_id)).entries.at(-1)).not.to.have.property('network')
    }
  })

  it('that is the same makes a repeat, also by another port', async () => {
    const request = await bread({ network })
    await fixture().client.decide(request)
    expect(await fixture().client.decide(request)).to.include({ code: '00', replayed: true })
    const { body } = await callJson(fixture().service.apiUrl, AUTHORIZE, request)
    expect(body).to.include({ code: '00', replayed: true })
  })

  it('that is empty makes a repeat of a purchase without it', async () => {
    const request = await bread()
    await fixture().client.decide(request)
    expect(await fixture().client.decide({ ...request, network: {} })).to.include({ replayed: true })
  })

  for (const [what, other] of [
    ['another field', { ...network, rrn: '633412000124' }],
    ['a field less', { ...texts, rail: network.rail }],
    ['no field', undefined],
  ] as const) {
    it(`with ${what} makes another purchase: the id is reused`, async () => {
      const request = await bread({ network })
      await fixture().client.decide(request)
      const { network: _sent, ...plain } = request
      const error = await fixture().client.fail({ ...plain, ...(other && { network: other }) })
      expect(error).to.deep.include({ code: 'ALREADY_EXISTS' })
      expect(error.info?.reason).to.equal('TRANSACTION_ID_REUSED')
    })
  }

  it('in another currency declines the purchase', async () => {
    const request = await bread({ network: { currency: 'USD' } })
    expect(await fixture().client.decide(request)).to.include({
      code: '07',
      iso8583_code: '12',
      reason: 'REASON_CURRENCY_NOT_SUPPORTED',
      retry: 'RETRY_NEVER',
    })
    expect((await bookOf(request.account_id)).balances).to.deep.equal({ CASH: 5_000n })
  })

  it('that is malformed is rejected by the names of its fields, over gRPC, in a stream and as JSON', async () => {
    const { service, client } = fixture()
    const bad = { rail: 'RAIL_DEBIT', product: 'PRODUCT_CULTURE', merchant_tax_id: '123', currency: 'reais' }
    const request = purchase({ network: bad })
    const badFields = ['network.product', 'network.merchant_tax_id', 'network.currency']
    expect(await client.fail(request)).to.deep.include({ code: 'INVALID_ARGUMENT', badFields })

    const stream = new PurchaseStream(service.grpcAddress)
    stream.send(request)
    stream.halfClose()
    const [answer] = await stream.untilAnswered(1)
    expect(answer?.error?.code).to.equal(3)
    expect(await stream.ended).to.equal('OK')

    const { status, body } = await callJson(service.apiUrl, AUTHORIZE, request)
    expect(status).to.equal(400)
    expect(JSON.stringify(body)).to.include('network.merchant_tax_id')
  })

  for (const [what, bytes, fault] of [
    ['text that is not UTF-8', field(3, [0xff]), 'network.merchant_id'],
    ['a rail that is a text', field(1, '1'), 'network.rail'],
  ] as const) {
    it(`with ${what} is rejected before it is decoded`, async () => {
      const whole = Buffer.concat([
        authorizeMethod.requestSerialize(purchase({})),
        Buffer.from(field(7, bytes)),
      ])
      const { error } = await fixture().client.authorizeBytes(whole)
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: [fault] })
    })
  }
})
