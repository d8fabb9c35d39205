import { expect } from 'chai'
import { servedMethods } from '../../src/grpc/served-methods.js'
import { callWithBytes } from '../support/clients/bytes-call.js'
import { type AuthorizeResponse, authorizeMethod, purchase } from '../support/clients/client.js'
import { field, varint } from '../support/clients/wire-messages.js'
import { fundedAccount } from '../support/database/accounts.js'
import { serviceEnvironment, useService } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'

const AUTHORIZATION = '/benefits.v1.AuthorizationService'
const ACCOUNT = '/benefits.v1.AccountService'
const BOOK_STREAM = '/benefits.v1.CardRailService/BookStream'
const RULES = '/benefits.v1.MerchantRuleService'

/** A zero byte, and a field that no message has. */
const illegal = Buffer.from([0x00, 0xfa, 0x01, 0x00])

type StreamAnswer = { readonly error?: { readonly code: number; readonly message: string } }
type BatchAnswer = {
  readonly rejected_credits: readonly { readonly reason: string; readonly description: string }[]
}

/** The streams that answer a message that cannot be read, and go on. */
const answeringStreams: readonly string[] = [
  `${AUTHORIZATION}/AuthorizeStream`,
  `${ACCOUNT}/BatchCredit`,
  BOOK_STREAM,
]

describe('bytes that are not a message of their method', () => {
  const fixture = useService()
  const address = () => fixture().service.grpcAddress
  const send = <Response>(path: string, ...parts: readonly (readonly number[])[]) =>
    callWithBytes<Response>(address(), path, [Buffer.from(parts.flat())])

  for (const { path } of servedMethods) {
    if (answeringStreams.includes(path)) continue
    it(`end ${path} with INVALID_ARGUMENT`, async () => {
      const { answers, error } = await callWithBytes(address(), path, [illegal])
      expect(answers).to.deep.equal([])
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: ['request'] })
    })
  }

  it('get an answer in their place on AuthorizeStream, which continues', async () => {
    const account_id = await fundedAccount(fixture().core, { CASH: 1_000n })
    const good = authorizeMethod.requestSerialize(purchase({ account_id }))
    const path = `${AUTHORIZATION}/AuthorizeStream`
    const { answers, error } = await callWithBytes<StreamAnswer>(address(), path, [illegal, good])
    expect(error).to.equal(undefined)
    expect(answers.map((answer) => answer.error?.code).sort()).to.deep.equal([3, undefined])
  })

  it('get an answer in their place on BookStream', async () => {
    const { answers, error } = await callWithBytes<StreamAnswer>(address(), BOOK_STREAM, [illegal, illegal])
    expect(error).to.equal(undefined)
    expect(answers.map((answer) => answer.error?.code)).to.deep.equal([3, 3])
  })

  it('get a rejection in their place from BatchCredit', async () => {
    const { answers } = await callWithBytes<BatchAnswer>(address(), `${ACCOUNT}/BatchCredit`, [illegal])
    const rejected = answers[0]?.rejected_credits.map(({ reason, description }) => `${reason} ${description}`)
    expect(rejected).to.deep.equal([
      'INVALID_REQUEST the request is malformed: request has a field with the number 0 (byte 0)',
    ])
  })

  it('reverse nothing when a zero byte precedes the amount of a reversal', async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { CASH: 50_000n })
    const { transaction_id } = await client.decide(purchase({ account_id, amount: 50_000 }))
    const ids = [...field(1, 'r-1'), ...field(2, account_id), ...field(3, transaction_id)]
    const reversal = await send(`${AUTHORIZATION}/Reverse`, ids, [0x00], [0x20, ...varint(500)])
    expect(reversal.error).to.deep.include({ code: 'INVALID_ARGUMENT' })
    const account = (await core.accounts.load([account_id])).get(account_id)
    expect(account?.wallets.get('CASH')).to.equal(0n)
  })

  it('decide nothing when the end of a group precedes the merchant of a purchase', async () => {
    const account_id = await fundedAccount(fixture().core, { CASH: 1_000n })
    const head = [...field(1, 'p-1'), ...field(2, account_id), 0x18, 0x64, ...field(4, '5999')]
    const groupEnd = [0x2c]
    const { error } = await send(authorizeMethod.path, head, groupEnd, field(5, 'UBER TRIP'))
    expect(error).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: ['merchant'] })
    const sound = await send<AuthorizeResponse>(authorizeMethod.path, head, field(5, 'UBER TRIP'))
    expect(sound.answers[0]).to.deep.include({ replayed: false })
  })

  it('are rejected both times, not replayed: text that is not UTF-8', async () => {
    const head = [...field(1, 'p-2'), ...field(2, 'ana'), 0x18, 0x64, ...field(4, '5999')]
    for (const byte of [0xe9, 0xea]) {
      const { error } = await send(authorizeMethod.path, head, field(5, [0x43, 0x41, 0x46, byte]))
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: ['merchant'] })
    }
  })

  const texts: readonly (readonly [string, string, readonly number[]])[] = [
    ['merchant_rule.name', `${RULES}/CreateMerchantRule`, field(1, field(3, [0xc9]))],
    ['merchant_rule.city', `${RULES}/CreateMerchantRule`, field(1, field(4, [0xc9]))],
    ['merchant_rules[0].name', `${RULES}/ImportMerchantRules`, field(1, field(3, [0xc9]))],
    ['category.display_name', '/benefits.v1.CategoryService/UpsertCategory', field(1, field(2, [0xc9]))],
    ['category.subject', '/benefits.v1.CategoryService/UpsertCategory', field(1, field(9, [0xc9]))],
    ['account.id', `${ACCOUNT}/UpdateAccount`, field(1, field(1, [0xc9]))],
    ['original.merchant', `${AUTHORIZATION}/Reverse`, field(5, field(3, [0xc9]))],
    ['merchant', `${AUTHORIZATION}/Simulate`, field(5, [0xc9])],
    ['service', '/grpc.health.v1.Health/Check', field(1, [0xc9])],
    ['file_by_filename', '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', field(3, [0xc9])],
  ]
  for (const [name, path, message] of texts) {
    it(`are reported as ${name} when its text is not UTF-8 (${path.split('/')[2]})`, async () => {
      const { error } = await send(path, message)
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: [name] })
    })
  }
})

describe('bytes that are not a message, on the health port', () => {
  const start = useServices()

  it('end a check and a watch with INVALID_ARGUMENT', async () => {
    const service = await start({ ...(await serviceEnvironment()), GRPC_HEALTH_PORT: '0' })
    await service.untilEvent('serving')
    for (const method of ['Check', 'Watch']) {
      const { error } = await callWithBytes(service.healthAddress, `/grpc.health.v1.Health/${method}`, [
        illegal,
      ])
      expect(error, method).to.deep.include({ code: 'INVALID_ARGUMENT', badFields: ['request'] })
    }
  })
})
