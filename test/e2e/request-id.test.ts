import { expect } from 'chai'
import { purchase } from '../support/clients/client.js'
import { useService } from '../support/processes/service-fixture.js'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('x-request-id', () => {
  const fixture = useService()

  async function idWithAnswer(requestId?: string) {
    const options = requestId === undefined ? {} : { requestId }
    const { response, headers } = await fixture().client.authorize(purchase({}), options)
    expect(response).not.to.equal(undefined)
    return headers?.get('x-request-id')
  }
  async function idWithError(request: object, options: object) {
    const { trailers } = await fixture().client.fail(purchase(request), options)
    return trailers.get('x-request-id')
  }

  it('comes back with the answer', async () => {
    expect(await idWithAnswer('switch-7:4711')).to.deep.equal(['switch-7:4711'])
  })

  it('is generated when the call has none', async () => {
    expect(String(await idWithAnswer())).to.match(UUID)
  })

  it('differs for each call', async () => {
    expect(await idWithAnswer()).not.to.deep.equal(await idWithAnswer())
  })

  for (const [what, bad] of [
    ['129 characters', 'x'.repeat(129)],
    ['a quotation mark', 'a"b'],
  ] as const) {
    it(`is replaced when the call has one with ${what}`, async () => {
      expect(String(await idWithAnswer(bad))).to.match(UUID)
    })
  }

  for (const [error, request, options] of [
    ['INVALID_ARGUMENT', { amount: 0 }, {}],
    ['UNAUTHENTICATED', {}, { authorization: null }],
  ] as const) {
    it(`comes back with ${error}`, async () => {
      expect(await idWithError(request, { ...options, requestId: 'mine' })).to.deep.equal(['mine'])
    })

    it(`is generated for ${error} when the call has none`, async () => {
      expect(String(await idWithError(request, options))).to.match(UUID)
    })
  }

  it('is logged with the call', async () => {
    await idWithError({ amount: 0 }, { requestId: 'find-me' })
    expect(await fixture().service.untilEvent('call', { requestId: 'find-me' })).to.include({
      method: '/benefits.v1.AuthorizationService/Authorize',
      code: 'INVALID_ARGUMENT',
      subject: 'switch',
    })
  })
})
