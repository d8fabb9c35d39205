import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { exampleRules } from '../../../src/application/seed-examples.js'
import { purchase } from '../../support/clients/client.js'
import { fundedAccount } from '../../support/database/accounts.js'
import { readBook } from '../../support/database/books.js'
import { eventually } from '../../support/eventually.js'
import { askChallenge } from '../../support/http-api.js'
import { useHttpApi } from '../../support/processes/service-fixture.js'

const PADARIA = 'PADARIA DO ZE               SAO PAULO BR'

describe('the challenge endpoint', () => {
  const fixture = useHttpApi()
  const ask = (body: object | string, options?: Parameters<typeof askChallenge>[2]) =>
    askChallenge(fixture().service.apiUrl, typeof body === 'string' ? body : JSON.stringify(body), options)
  const open = (balances: Readonly<Record<string, bigint>>) => fundedAccount(fixture().core, balances)

  async function balancesOf(account: string) {
    const { core, env } = fixture()
    const { balances } = await readBook(core.client.db(env['MONGODB_DATABASE']), account)
    return balances
  }

  before(async () => {
    const { core } = fixture()
    for (const rule of exampleRules) await core.merchantRules.create(rule, 'test')
    await core.catalogCache.refresh()
    const { client } = fixture()
    // The service follows the change of its catalog.
    await eventually('the rules decide', async () => {
      const known = purchase({ account_id: 'nobody', merchant: 'UBER TRIP' })
      return (await client.decide(known)).effective_mcc === '5411'
    })
  })

  describe('answers the eleven examples of the reference', () => {
    const withoutFallback = { query: '?fallback=false' }
    const each = { FOOD: 1_200n, MEAL: 1_200n, CASH: 1_200n }
    const on = (account: string, mcc: string, merchant: string) =>
      `{"account": "${account}", "totalAmount": 12.00, "mcc": "${mcc}", "merchant": "${merchant}"}`

    it('1: no token gets 07', async () => {
      const { status, code } = await ask(on(await open(each), '5411', PADARIA), { authorization: null })
      expect([status, code]).to.deep.equal([200, '07'])
    })

    it('2: an empty body gets 07', async () => {
      const { status, code } = await ask('', withoutFallback)
      expect([status, code]).to.deep.equal([200, '07'])
    })

    it('3: an unknown account gets 07', async () => {
      const { code, reason } = await ask(on('nobody', '5411', PADARIA), withoutFallback)
      expect([code, reason]).to.deep.equal(['07', 'ACCOUNT_NOT_FOUND'])
    })

    it('4 and 5: UBER TRIP is paid from FOOD by its name, until that is empty', async () => {
      const account = await open(each)
      const trip = 'UBER TRIP                   SAO PAULO BR'
      expect((await ask(on(account, '5411', trip), withoutFallback)).code).to.equal('00')
      expect((await ask(on(account, '5412', trip), withoutFallback)).code).to.equal('51')
    })

    it('6: UBER EATS is paid by its name, though no benefit covers its MCC', async () => {
      const eats = on(await open(each), '5413', 'UBER EATS                   SAO PAULO BR')
      expect((await ask(eats, withoutFallback)).code).to.equal('00')
    })

    it('7 and 8: PAG*JoseDaSilva is paid from MEAL until that is empty', async () => {
      const account = await open(each)
      const jose = 'PAG*JoseDaSilva          RIO DE JANEI BR'
      expect((await ask(on(account, '5811', jose), withoutFallback)).code).to.equal('00')
      expect((await ask(on(account, '5812', jose), withoutFallback)).code).to.equal('51')
    })

    it('9 and 10: PICPAY*BILHETEUNICO is paid by its name, and then from CASH', async () => {
      const account = await open(each)
      const ticket = on(account, '5813', 'PICPAY*BILHETEUNICO           GOIANIA BR')
      expect((await ask(ticket, withoutFallback)).code).to.equal('00')
      expect((await ask(ticket, { query: '?fallback=true' })).code).to.equal('00')
      expect(await balancesOf(account)).to.deep.equal({ FOOD: 1_200n, MEAL: 0n, CASH: 0n })
    })

    it('11: an MCC of six digits is malformed, and gets 07', async () => {
      const { code, reason } = await ask(on(await open(each), '541132', PADARIA), withoutFallback)
      expect([code, reason]).to.deep.equal(['07', 'INVALID_REQUEST'])
    })
  })

  it('pays 100 concurrent callers exactly the balance, to the centavo', async () => {
    const account = await open({ FOOD: 10_000n, CASH: 10_000n })
    const body = { account, totalAmount: 10.0, mcc: '5411', merchant: PADARIA }
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(body)))
    const count = (wanted: string) => answers.filter(({ code }) => code === wanted).length
    expect({ '00': count('00'), '51': count('51') }).to.deep.equal({ '00': 20, '51': 80 })
    expect(await balancesOf(account)).to.deep.equal({ FOOD: 0n, CASH: 0n })
  })

  describe('the fallback', () => {
    const buy = async (query: string, mcc = '5411') => {
      const account = await open({ FOOD: 100n, CASH: 1_200n })
      return await ask({ account, totalAmount: 12, mcc, merchant: PADARIA }, { query })
    }

    for (const query of ['', '?fallback=true', '?fallback=TRUE', '?other=1']) {
      it(`uses the free balance with "${query}"`, async () => {
        expect((await buy(query)).code).to.equal('00')
      })
    }

    it('does not use the free balance with "?fallback=false"', async () => {
      expect((await buy('?fallback=false')).code).to.equal('51')
    })

    it('answers 51 without fallback for an MCC that no benefit covers', async () => {
      expect((await buy('?fallback=false', '5999')).code).to.equal('51')
    })

    for (const query of ['?fallback=maybe', '?fallback=', '?fallback=true&fallback=false']) {
      it(`rejects "${query}"`, async () => {
        const { code, headers } = await buy(query)
        expect([code, headers.get('x-error')]).to.deep.equal(['07', 'fallback must be true or false'])
      })
    }
  })

  describe('without the header Idempotency-Key', () => {
    it('treats each request as a separate purchase, and returns its id', async () => {
      const account = await open({ CASH: 2_400n })
      const body = { account, totalAmount: 12, mcc: '5999', merchant: PADARIA }
      const ids = [await ask(body), await ask(body)].map(({ headers }) => headers.get('x-transaction-id'))
      expect(new Set(ids).size).to.equal(2)
      expect(await balancesOf(account)).to.deep.equal({ CASH: 0n })
    })
  })

  describe('with Idempotency-Key', () => {
    const key = () => ({ headers: { 'idempotency-key': randomUUID() } })

    it('pays once, and repeats the answer', async () => {
      const account = await open({ CASH: 2_400n })
      const body = { account, totalAmount: 12, mcc: '5999', merchant: PADARIA }
      const named = key()
      expect([(await ask(body, named)).code, (await ask(body, named)).code]).to.deep.equal(['00', '00'])
      expect(await balancesOf(account)).to.deep.equal({ CASH: 1_200n })
    })

    for (const [what, change, query] of [
      ['another amount', { totalAmount: 11 }, ''],
      ['without fallback', {}, '?fallback=false'],
    ] as const) {
      it(`answers 07 for ${what} under the same key`, async () => {
        const account = await open({ CASH: 2_400n })
        const body = { account, totalAmount: 12, mcc: '5999', merchant: PADARIA }
        const named = key()
        await ask(body, named)
        const { code, reason } = await ask({ ...body, ...change }, { ...named, query })
        expect([code, reason]).to.deep.equal(['07', 'TRANSACTION_ID_REUSED'])
      })
    }

    it('answers 07 for a key that is not a valid id', async () => {
      const body = { account: 'a', totalAmount: 12, mcc: '5999', merchant: PADARIA }
      const { code, reason } = await ask(body, { headers: { 'idempotency-key': 'two words' } })
      expect([code, reason]).to.deep.equal(['07', 'INVALID_REQUEST'])
    })
  })

  describe('answers 07 with HTTP 200 and the cause', () => {
    const body = { account: 'a', totalAmount: 12, mcc: '5411', merchant: PADARIA }
    for (const [what, asked, options, reason] of [
      ['a body that is not JSON', '{', {}, 'INVALID_REQUEST'],
      ['a body that is too large', { ...body, more: 'x'.repeat(5_000) }, {}, 'INVALID_REQUEST'],
      ['an amount of 0', { ...body, totalAmount: 0 }, {}, 'INVALID_REQUEST'],
      ['an account that is not an id', { ...body, account: '!' }, {}, 'INVALID_REQUEST'],
      [
        'half a character',
        '{"account":"a","totalAmount":1,"mcc":"5411","merchant":"\\ud800"}',
        {},
        'INVALID_REQUEST',
      ],
      ['a bad token', body, { authorization: 'Bearer x' }, 'UNAUTHENTICATED'],
      ['an unknown path', body, { path: '/v1/transactions/other' }, 'INVALID_REQUEST'],
      ['the folder', body, { path: '/v1/transactions' }, 'INVALID_REQUEST'],
    ] as const) {
      it(`for ${what}`, async () => {
        const answer = await ask(asked, options)
        expect([answer.status, answer.code, answer.reason]).to.deep.equal([200, '07', reason])
        expect(answer.headers.get('x-error')).to.match(/^[ -~]+$/)
      })
    }

    it('for GET', async () => {
      const response = await fetch(`${fixture().service.apiUrl}/v1/transactions/authorizer`)
      expect([response.status, await response.json()]).to.deep.equal([200, { code: '07' }])
    })

    it('with the cause in the log, too', async () => {
      await ask('{')
      await fixture().service.untilEvent('HTTP request rejected', {
        route: 'challenge',
        error: 'the body is not valid JSON',
      })
    })
  })
})
