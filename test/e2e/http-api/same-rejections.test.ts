import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { type AuthorizeRequest, type CallOptions, purchase } from '../../support/clients/client.js'
import { secondsFromNow, signToken } from '../../support/clients/token.js'
import { lockAccount } from '../../support/database/account-lock.js'
import { fundedAccount } from '../../support/database/accounts.js'
import { callJson, errorIn, reasonIn } from '../../support/http-api.js'
import { useHttpApi } from '../../support/processes/service-fixture.js'

const AUTHORIZE = 'benefits.v1.AuthorizationService/Authorize'

/** The outcome of a rejected purchase. */
type Rejection = { readonly code: string; readonly reason: unknown; readonly message: string }

type Case = {
  readonly what: string
  readonly request?: Partial<AuthorizeRequest>
  readonly authorization?: string | null
  readonly code: string
  readonly reason: string
}

const claims = (over: Readonly<Record<string, unknown>>) => `Bearer ${signToken({ claims: over })}`
const good = { scope: 'transactions:authorize' }

/** The rejections of both ports. */
const cases: readonly Case[] = [
  { what: 'no token', authorization: null, code: 'UNAUTHENTICATED', reason: 'UNAUTHENTICATED' },
  {
    what: 'two tokens',
    authorization: `${claims(good)}, ${claims(good)}`,
    code: 'UNAUTHENTICATED',
    reason: 'UNAUTHENTICATED',
  },
  { what: 'another scheme', authorization: 'Basic YTpi', code: 'UNAUTHENTICATED', reason: 'UNAUTHENTICATED' },
  {
    what: 'an expired token',
    authorization: claims({ ...good, exp: secondsFromNow(-60) }),
    code: 'UNAUTHENTICATED',
    reason: 'UNAUTHENTICATED',
  },
  {
    what: 'a token of another scope',
    authorization: claims({ scope: 'accounts:read' }),
    code: 'PERMISSION_DENIED',
    reason: 'SCOPE_MISSING',
  },
  {
    what: 'a token without a scope',
    authorization: claims({ scope: undefined }),
    code: 'PERMISSION_DENIED',
    reason: 'SCOPE_MISSING',
  },
  ...(
    [
      ['no id', { transaction_id: '' }],
      ['an id of two words', { transaction_id: 'a b' }],
      ['an id of 129 characters', { transaction_id: 'x'.repeat(129) }],
      ['an account that is not an id', { account_id: '!' }],
      ['an amount of 0', { amount: 0 }],
      ['a negative amount', { amount: -1 }],
      ['an amount of 13 digits', { amount: '1000000000000' }],
      ['an MCC of five digits', { mcc: '54111' }],
      ['a merchant of 100 characters', { merchant: 'x'.repeat(100) }],
      ['a merchant with a control character', { merchant: 'a\nb' }],
    ] as const
  ).map(([what, request]) => ({
    what,
    request,
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_REQUEST',
  })),
]

describe('both ports', () => {
  const fixture = useHttpApi({ JWT_REQUIRE_SCOPE: 'true' })

  async function overGrpc(request: AuthorizeRequest, options: CallOptions): Promise<Rejection> {
    const { code, message, info } = await fixture().client.fail(request, options)
    return { code, reason: info?.reason, message }
  }

  async function overHttp(request: AuthorizeRequest, options: CallOptions): Promise<Rejection> {
    const { authorization = null, deadlineMs } = options
    const headers = deadlineMs === undefined ? {} : { 'connect-timeout-ms': `${deadlineMs}` }
    const { apiUrl } = fixture().service
    const { body } = await callJson(apiUrl, AUTHORIZE, request, { authorization, headers })
    const { code, message } = errorIn(body)
    return { code: code.toUpperCase(), reason: reasonIn(body), message }
  }

  for (const { what, request = {}, authorization = claims(good), code, reason } of cases) {
    it(`reject ${what} in the same words`, async () => {
      const asked = purchase(request)
      const [grpc, http] = [
        await overGrpc(asked, { authorization }),
        await overHttp(asked, { authorization }),
      ]
      expect(http).to.deep.equal(grpc)
      expect([http.code, http.reason]).to.deep.equal([code, reason])
    })
  }

  const authorization = claims(good)

  it('reject other content under a used id', async () => {
    const account_id = await fundedAccount(fixture().core, { CASH: 5_000n })
    const first = purchase({ account_id, transaction_id: randomUUID() })
    await fixture().client.decide(first, { authorization })
    const other = { ...first, amount: 1 }
    const http = await overHttp(other, { authorization })
    expect(http).to.deep.equal(await overGrpc(other, { authorization }))
    expect(http.reason).to.equal('TRANSACTION_ID_REUSED')
  })

  it('stop at the deadline', async () => {
    const asked = purchase({})
    for (const ask of [overGrpc, overHttp]) {
      expect((await ask(asked, { authorization, deadlineMs: 1 })).code).to.equal('DEADLINE_EXCEEDED')
    }
  })
})

describe('both ports with a full queue', () => {
  const fixture = useHttpApi({ QUEUE_MAX: '1' })

  it('reject further requests at once, with a retry delay', async () => {
    const { core, env, client, service } = fixture()
    const account_id = await fundedAccount(core, { CASH: 50_000n })
    const lock = await lockAccount(core, env['MONGODB_DATABASE'] ?? '', account_id)
    const overHttp = Array.from({ length: 20 }, () =>
      callJson(service.apiUrl, AUTHORIZE, purchase({ account_id })),
    )
    const overGrpc = Array.from({ length: 20 }, () => client.authorize(purchase({ account_id })))
    // At most one of them waits, and two groups are under way.
    await Promise.any(overHttp.map(async (asked) => reasonIn((await asked).body) === 'OVERLOADED' || fail()))
    await Promise.any(
      overGrpc.map(async (asked) => (await asked).error?.info?.reason === 'OVERLOADED' || fail()),
    )
    await lock.release()
    await Promise.all([...overHttp, ...overGrpc])
  })
})

function fail(): never {
  throw new Error('this one was not rejected')
}
