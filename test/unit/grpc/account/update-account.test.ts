import { expect } from 'chai'
import {
  AccountStatus,
  type Limits as LimitsMessage,
  type UpdateAccountRequest,
} from '../../../../src/gen/benefits/v1/account.js'
import { callHandler, failHandler } from '../../../support/clients/handler-call.js'
import { service, unknown } from './account-fixture.js'

const { ACTIVE, BLOCKED, CLOSED } = AccountStatus
const TOO_LONG = 'x'.repeat(129)

describe('UpdateAccount', () => {
  const request = (
    id: string,
    status: AccountStatus,
    over: Partial<UpdateAccountRequest> = {},
  ): UpdateAccountRequest => ({
    account: {
      id,
      status,
      wallets: [],
      version: 0n,
      createTime: undefined,
      updateTime: undefined,
      limits: undefined,
      holds: [],
    },
    updateMask: undefined,
    requestId: '',
    ...over,
  })
  const update = (...asked: Parameters<typeof request>) =>
    callHandler(service().updateAccount, request(...asked))
  const fail = (...asked: Parameters<typeof request>) =>
    failHandler(service().updateAccount, request(...asked))

  it('blocks', async () => {
    expect((await update('a', BLOCKED)).account).to.include({ status: BLOCKED, version: 3n })
  })

  it('unblocks', async () => {
    expect((await update('b', ACTIVE)).account?.status).to.equal(ACTIVE)
  })

  it('closes', async () => {
    expect((await update('b', CLOSED)).account?.status).to.equal(CLOSED)
  })

  it('accepts the mask "status"', async () => {
    expect((await update('a', BLOCKED, { updateMask: ['status'] })).account?.status).to.equal(BLOCKED)
  })

  it('records a change to the current status', async () => {
    expect((await update('b', BLOCKED)).account).to.include({ status: BLOCKED, version: 3n })
  })

  it('closes a closed account again', async () => {
    const { account } = await update('c', CLOSED)
    expect(account?.status).to.equal(CLOSED)
  })

  it('makes a change once per request_id, even one to the current status', async () => {
    const on = service()
    await callHandler(on.updateAccount, request('b', BLOCKED, { requestId: 'r' }))
    await callHandler(on.updateAccount, request('b', ACTIVE))
    const { account } = await callHandler(on.updateAccount, request('b', BLOCKED, { requestId: 'r' }))
    expect(account).to.include({ status: ACTIVE, version: 4n })
  })

  it('records the author', async () => {
    const on = service()
    await callHandler(on.updateAccount, request('a', BLOCKED))
    expect(on.store.account('a').journal.at(-1)).to.include({ subject: 'ana', action: 'STATUS' })
  })

  it('makes a change once per request_id', async () => {
    const on = service()
    await callHandler(on.updateAccount, request('a', BLOCKED, { requestId: 'r' }))
    await callHandler(on.updateAccount, request('a', ACTIVE))
    const { account } = await callHandler(on.updateAccount, request('a', BLOCKED, { requestId: 'r' }))
    expect(account).to.include({ status: ACTIVE, version: 4n })
  })

  const rejected: readonly (readonly [string, Parameters<typeof request>, string, string])[] = [
    ['to open a closed account', ['c', ACTIVE], 'FAILED_PRECONDITION', 'ACCOUNT_CLOSED'],
    ['to block a closed account', ['c', BLOCKED], 'FAILED_PRECONDITION', 'ACCOUNT_CLOSED'],
    ['an account that was never heard of', ['x', BLOCKED], 'NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
    ['an account that nobody opened', ['u', BLOCKED], 'NOT_FOUND', 'ACCOUNT_NOT_FOUND'],
    [
      'a request_id that was used for something else',
      ['a', BLOCKED, { requestId: 'fund' }],
      'ALREADY_EXISTS',
      'TRANSACTION_ID_REUSED',
    ],
  ]
  for (const [what, asked, code, reason] of rejected) {
    it(`rejects ${what}`, async () => {
      const error = await fail(...asked)
      expect([error.code, error.info?.reason]).to.deep.equal([code, reason])
    })
  }

  describe('for limits', () => {
    const limits = (over: Partial<LimitsMessage> = {}): LimitsMessage => ({
      purchaseMax: undefined,
      wallets: [],
      ...over,
    })
    const wallet = (category: string, over: { dayMax?: bigint; monthMax?: bigint } = {}) => ({
      category,
      dayMax: undefined,
      monthMax: undefined,
      ...over,
    })
    const ask = (id: string, asked: LimitsMessage | undefined, over: Partial<UpdateAccountRequest> = {}) => {
      const whole = request(id, AccountStatus.UNSPECIFIED, over)
      return {
        ...whole,
        account: {
          id,
          status: AccountStatus.UNSPECIFIED,
          wallets: [],
          version: 0n,
          createTime: undefined,
          updateTime: undefined,
          limits: asked,
          holds: [],
        },
      }
    }
    const food = limits({ purchaseMax: 900n, wallets: [wallet('FOOD', { dayMax: 50n, monthMax: 500n })] })

    it('sets all of them, with or without a mask', async () => {
      for (const updateMask of [undefined, ['limits']]) {
        const { account } = await callHandler(service().updateAccount, ask('a', food, { updateMask }))
        expect(account?.limits).to.deep.equal(food)
      }
    })

    it('records the author and the new limits, and keeps the status', async () => {
      const on = service()
      await callHandler(on.updateAccount, ask('b', food))
      expect(on.store.account('b').journal.at(-1)).to.deep.include({
        action: 'LIMITS',
        subject: 'ana',
        status: 'BLOCKED',
        limits: { purchase: 900n, wallets: new Map([['FOOD', { day: 50n, month: 500n }]]) },
      })
    })

    for (const [what, asked, updateMask, expected] of [
      [
        'the maximum of one purchase alone',
        limits({ purchaseMax: 7n }),
        ['limits.purchase_max'],
        { ...food, purchaseMax: 7n },
      ],
      [
        'the maximum of one purchase away',
        limits(),
        ['limits.purchase_max'],
        { ...food, purchaseMax: undefined },
      ],
      [
        'one wallet, and the others stay',
        limits({ wallets: [wallet('CASH', { dayMax: 0n })] }),
        ['limits.wallets'],
        { ...food, wallets: [...food.wallets, wallet('CASH', { dayMax: 0n })] },
      ],
      [
        'one wallet away',
        limits({ wallets: [wallet('FOOD')] }),
        ['limits.wallets'],
        limits({ purchaseMax: 900n }),
      ],
      ['a category that is no more away', limits({ wallets: [wallet('OLD')] }), ['limits.wallets'], food],
      [
        'two things at once',
        limits({ purchaseMax: 7n, wallets: [wallet('FOOD')] }),
        ['limits.purchase_max', 'limits.wallets'],
        limits({ purchaseMax: 7n }),
      ],
      [
        'nothing that the mask does not name',
        limits({ purchaseMax: 7n, wallets: [wallet('FOOD')] }),
        ['limits.purchase_max'],
        { ...food, purchaseMax: 7n },
      ],
      ['all of them away', limits(), ['limits'], undefined],
      ['all of them away, with a message that has none', undefined, ['limits'], undefined],
    ] as const) {
      it(`changes ${what}`, async () => {
        const on = service()
        await callHandler(on.updateAccount, ask('a', food))
        const { account } = await callHandler(
          on.updateAccount,
          ask('a', asked, { updateMask: [...updateMask] }),
        )
        expect(account?.limits).to.deep.equal(expected)
      })
    }

    it('makes a change once per request_id', async () => {
      const on = service()
      await callHandler(on.updateAccount, ask('a', food, { requestId: 'r' }))
      await callHandler(on.updateAccount, ask('a', limits(), { updateMask: ['limits'] }))
      const { account } = await callHandler(on.updateAccount, ask('a', food, { requestId: 'r' }))
      expect([account?.limits, account?.version]).to.deep.equal([undefined, 4n])
    })

    for (const [what, id, code] of [
      ['a closed account', 'c', 'FAILED_PRECONDITION'],
      ['an account that nobody opened', 'u', 'NOT_FOUND'],
    ] as const) {
      it(`rejects ${what}`, async () => {
        expect((await failHandler(service().updateAccount, ask(id, food))).code).to.equal(code)
      })
    }

    for (const [what, asked, updateMask, fields] of [
      ['a negative maximum', limits({ purchaseMax: -1n }), ['limits'], ['account.limits.purchase_max']],
      [
        'a category that is not there',
        limits({ wallets: [wallet('PETS', { dayMax: 1n })] }),
        ['limits'],
        ['account.limits.wallets[0].category'],
      ],
      [
        'a category twice',
        limits({ wallets: [wallet('FOOD'), wallet('FOOD')] }),
        ['limits'],
        ['account.limits.wallets[1].category'],
      ],
      [
        'limits below zero, each of them',
        limits({ wallets: [wallet('FOOD', { dayMax: -1n, monthMax: -1n })] }),
        ['limits'],
        ['account.limits.wallets[0].day_max', 'account.limits.wallets[0].month_max'],
      ],
      ['a mask of limits and status', limits(), ['limits', 'status'], ['update_mask', 'account.status']],
      [
        'a mask of a limit that is not there',
        limits(),
        ['limits.year_max'],
        ['update_mask', 'account.status'],
      ],
      [
        'a mask of more than eight paths',
        limits(),
        Array.from({ length: 9 }, () => 'limits'),
        ['update_mask'],
      ],
    ] as const) {
      it(`names ${what}`, async () => {
        const error = await failHandler(
          service().updateAccount,
          ask('a', asked, { updateMask: [...updateMask] }),
        )
        expect([error.code, error.badFields]).to.deep.equal(['INVALID_ARGUMENT', fields])
      })
    }

    it('names status and limits in one request without a mask', async () => {
      const both = { ...request('a', BLOCKED).account, limits: food } as UpdateAccountRequest['account']
      const error = await failHandler(service().updateAccount, request('a', BLOCKED, { account: both }))
      expect(error.badFields).to.deep.equal(['update_mask'])
    })
  })

  const malformed: readonly (readonly [string, Parameters<typeof request>, readonly string[]])[] = [
    ['no status', ['a', AccountStatus.UNSPECIFIED], ['account.status']],
    ['a status that it does not know', ['a', unknown], ['account.status']],
    [
      'a mask of a field that cannot be changed',
      ['a', BLOCKED, { updateMask: ['wallets'] }],
      ['update_mask'],
    ],
    ['a mask of several fields', ['a', BLOCKED, { updateMask: ['status', 'id'] }], ['update_mask']],
    ['a mask of no field', ['a', BLOCKED, { updateMask: [] }], ['update_mask']],
    ['a request_id too long', ['a', BLOCKED, { requestId: TOO_LONG }], ['request_id']],
    [
      'everything that is wrong, at once',
      ['', AccountStatus.UNSPECIFIED, { updateMask: ['id'], requestId: TOO_LONG }],
      ['account.id', 'request_id', 'update_mask', 'account.status'],
    ],
  ]
  for (const [what, asked, fields] of malformed) {
    it(`names ${what}`, async () => {
      const { code, badFields } = await fail(...asked)
      expect({ code, badFields }).to.deep.equal({ code: 'INVALID_ARGUMENT', badFields: fields })
    })
  }

  it('names the id when the request has no account', async () => {
    const error = await failHandler(service().updateAccount, request('a', ACTIVE, { account: undefined }))
    expect(error.badFields).to.deep.equal(['account.id', 'account.status'])
  })
})
