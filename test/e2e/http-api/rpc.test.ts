import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request as requestTo } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'chai'
import { authorizeMethod, purchase } from '../../support/clients/client.js'
import { signToken } from '../../support/clients/token.js'
import { fundedAccount } from '../../support/database/accounts.js'
import { eventually } from '../../support/eventually.js'
import { callJson, errorIn } from '../../support/http-api.js'
import { readMetric } from '../../support/processes/metrics-page.js'
import { useHttpApi } from '../../support/processes/service-fixture.js'

const AUTHORIZE = 'benefits.v1.AuthorizationService/Authorize'

describe('a method by JSON over HTTP', () => {
  const fixture = useHttpApi({ HTTP_API_CORS_ORIGINS: 'https://office.example' })
  const call = (...asked: [method: string, request: object, options?: Parameters<typeof callJson>[3]]) =>
    callJson(fixture().service.apiUrl, ...asked)
  const bread = (account_id: string) => ({ ...purchase({ account_id }), amount: '1000' })

  it('decides a purchase, and returns every field', async () => {
    const request = bread(await fundedAccount(fixture().core, { CASH: 1_500n }))
    const { status, body } = await call(AUTHORIZE, request)
    const { decidedAt, approvalCode, ...answer } = body as { decidedAt: string; approvalCode: string }
    expect([status, answer]).to.deep.equal([
      200,
      {
        transactionId: request.transaction_id,
        code: '00',
        decision: 'DECISION_APPROVED',
        reason: 'REASON_APPROVED',
        iso8583Code: '00',
        category: 'CASH',
        effectiveMcc: '5999',
        merchantRule: '',
        balance: '500',
        replayed: false,
        retry: 'RETRY_NEVER',
        approvedAmount: '1000',
        held: false,
      },
    ])
    expect(approvalCode).to.match(/^[0-9A-Z]{6}$/)
    expect(Date.parse(decidedAt)).to.be.closeTo(Date.now(), 600_000)
  })

  it('accepts field names in JSON and proto spelling, and an amount as a number', async () => {
    const accountId = await fundedAccount(fixture().core, { CASH: 1_500n })
    const request = { transactionId: randomUUID(), accountId, amount: 1_000, mcc: '5999', merchant: 'P' }
    expect((await call(AUTHORIZE, request)).body).to.include({ code: '00' })
  })

  it('shares its purchases with gRPC: a repeat there gets the stored answer', async () => {
    const request = bread(await fundedAccount(fixture().core, { CASH: 1_500n }))
    await call(AUTHORIZE, request)
    expect((await fixture().client.decide(request)).replayed).to.equal(true)
  })

  it('returns the request id of the caller, or a new one', async () => {
    const given = await call(AUTHORIZE, bread('nobody'), { headers: { 'x-request-id': 'till-7' } })
    const made = await call(AUTHORIZE, bread('nobody'))
    expect(given.headers.get('x-request-id')).to.equal('till-7')
    expect(made.headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/)
  })

  it('is counted and logged as a call over gRPC, with its subject', async () => {
    const { service } = fixture()
    const authorization = `Bearer ${signToken({ claims: { sub: 'office-9' } })}`
    await call(AUTHORIZE, { ...bread('nobody'), mcc: '1' }, { authorization })
    const labels = { grpc_method: 'Authorize', grpc_code: 'INVALID_ARGUMENT' }
    await eventually('it is counted', async () => {
      return (await readMetric(service.httpUrl, 'grpc_server_handled_total', labels)) > 0
    })
    await service.untilEvent('call', { subject: 'office-9', code: 'INVALID_ARGUMENT' })
    const requests = { route: 'rpc', status: '4xx' }
    expect(await readMetric(service.httpUrl, 'benefits_http_requests_total', requests)).to.be.above(0)
  })

  it('answers health checks without a token', async () => {
    const { body } = await call('grpc.health.v1.Health/Check', {}, { authorization: null })
    expect(body).to.deep.equal({ status: 'SERVING' })
  })

  it('reads a statement', async () => {
    const account_id = await fundedAccount(fixture().core, { CASH: 1_500n })
    const { body } = await call('benefits.v1.AccountService/ListTransactions', { account_id })
    const { transactions } = body as { transactions: readonly { kind: string }[] }
    expect(transactions.map(({ kind }) => kind)).to.deep.equal([
      'TRANSACTION_KIND_CREDIT',
      'TRANSACTION_KIND_ADMIN',
    ])
  })

  describe('with a malformed request', () => {
    const one = bread('a')
    for (const [what, body, message] of [
      ['with an unknown field', { ...one, ammount: '1' }, '"ammount" is unknown'],
      ['with a number for a text', { ...one, mcc: 5411 }, 'mcc from JSON'],
      ['with a fraction of a centavo', { ...one, amount: 10.5 }, 'amount from JSON'],
      ['with an amount that is not a number', { ...one, amount: 'ten' }, 'amount from JSON'],
      ['with an unknown fallback', { ...one, fallback: 'FALLBACK_SOMETIMES' }, 'Fallback'],
      ['with half a character', `{"merchant": "\\ud800"}`, 'merchant from JSON'],
      ['that is not JSON', '{"merchant": ', 'JSON'],
      ['that is not an object', '[]', 'JSON'],
      ['with bytes that are not UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 'not valid UTF-8'],
      ['without a body', '', 'JSON'],
      ['with a field that the service rejects', { ...one, mcc: '1' }, 'mcc must be exactly four digits'],
    ] as const) {
      it(`answers 400 and names the fault: ${what}`, async () => {
        const answer = await callJson(fixture().service.apiUrl, AUTHORIZE, body)
        const { code, message: text } = errorIn(answer.body)
        expect([answer.status, code]).to.deep.equal([400, 'invalid_argument'])
        expect(text).to.include(message)
      })
    }

    it('answers 429 for more than 64 KiB', async () => {
      const answer = await call(AUTHORIZE, { ...one, merchant: 'x'.repeat(64 * 1024) })
      expect([answer.status, errorIn(answer.body).code]).to.deep.equal([429, 'resource_exhausted'])
    })
  })

  for (const [what, path, init, status] of [
    ['nothing at the path', '/benefits.v1.AuthorizationService/Nothing', { method: 'POST' }, 404],
    ['another service', '/benefits.v2.AuthorizationService/Authorize', { method: 'POST' }, 404],
    ['GET', `/${AUTHORIZE}`, {}, 405],
    ['another content type', `/${AUTHORIZE}`, { method: 'POST', body: '{}' }, 415],
    [
      'gzip',
      `/${AUTHORIZE}`,
      {
        method: 'POST',
        body: '{}',
        headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
      },
      501,
    ],
    [
      'a bidirectional stream',
      '/benefits.v1.AuthorizationService/AuthorizeStream',
      { method: 'POST', body: '', headers: { 'content-type': 'application/connect+json' } },
      505,
    ],
  ] as const) {
    it(`answers ${status} to ${what}`, async () => {
      const response = await fetch(`${fixture().service.apiUrl}${path}`, init)
      await response.text()
      expect(response.status).to.equal(status)
    })
  }

  describe('as a stream', () => {
    const stream = async (method: string, messages: readonly object[]) => {
      const response = await fetch(`${fixture().service.apiUrl}/${method}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/connect+json',
          authorization: `Bearer ${signToken()}`,
        },
        body: Buffer.concat(messages.map((message) => withPrefix(Buffer.from(JSON.stringify(message))))),
      })
      return messagesIn(Buffer.from(await response.arrayBuffer())).map(({ flags, bytes }) => ({
        isEnd: flags === 2,
        message: JSON.parse(bytes.toString()),
      }))
    }

    it('of requests credits accounts', async () => {
      const account_id = await fundedAccount(fixture().core, {})
      const credit = { account_id, transaction_id: randomUUID(), category: 'FOOD', amount: '100' }
      const [answer, end] = await stream('benefits.v1.AccountService/BatchCredit', [credit, credit])
      expect(answer?.message).to.include({ creditedCount: '1', replayedCount: '1' })
      expect(end).to.deep.equal({ isEnd: true, message: {} })
    })

    it('of 210 credits yields a statement in pages of at most 200 entries', async () => {
      const account_id = await fundedAccount(fixture().core, {})
      const credits = Array.from({ length: 210 }, (_, number) => ({
        account_id,
        transaction_id: `credit-${number}`,
        category: 'FOOD',
        amount: '100',
      }))
      await stream('benefits.v1.AccountService/BatchCredit', credits)
      const list = async (pageToken: string) => {
        const request = { account_id, pageSize: 1_000, pageToken }
        const { body } = await call('benefits.v1.AccountService/ListTransactions', request)
        return body as { transactions: readonly unknown[]; nextPageToken: string }
      }
      const first = await list('')
      const second = await list(first.nextPageToken)
      // The account was opened, too.
      expect([first.transactions.length, second.transactions.length]).to.deep.equal([200, 11])
    })

    it('of answers exports rules', async () => {
      const answers = await stream('benefits.v1.MerchantRuleService/ExportMerchantRules', [{}])
      expect(answers.at(-1)).to.deep.equal({ isEnd: true, message: {} })
    })

    it('reports a failure in its last message', async () => {
      const [end] = await stream('benefits.v1.AccountService/BatchCredit', [{ nothing: 1 }])
      expect(end?.isEnd).to.equal(true)
      expect(end?.message.error).to.include({ code: 'invalid_argument' })
    })
  })

  describe('an import of rules over HTTP', () => {
    const path = '/benefits.v1.MerchantRuleService/ImportMerchantRules'
    const rule = (id: string) =>
      withPrefix(
        Buffer.from(
          JSON.stringify({
            merchantRules: [{ id, match: 'MERCHANT_RULE_MATCH_EXACT', name: id, mcc: '5411' }],
          }),
        ),
      )
    const headers = () => ({
      'content-type': 'application/connect+json',
      authorization: `Bearer ${signToken()}`,
    })
    const ruleIds = async () => {
      const { body } = await call('benefits.v1.MerchantRuleService/ListMerchantRules', {})
      return (body as { merchantRules: readonly { id: string }[] }).merchantRules.map(({ id }) => id)
    }

    it('changes nothing when a later message is malformed', async () => {
      const response = await fetch(`${fixture().service.apiUrl}${path}`, {
        method: 'POST',
        headers: headers(),
        body: Buffer.concat([rule('malformed'), withPrefix(Buffer.from('{"nothing":1}'))]),
      })
      expect(await response.text()).to.include('invalid_argument')
      expect(await ruleIds()).not.to.include('malformed')
    })

    it('changes nothing when the connection is cut', async () => {
      const { service } = fixture()
      const failed = { grpc_method: 'ImportMerchantRules', grpc_code: 'INVALID_ARGUMENT' }
      const count = () => readMetric(service.httpUrl, 'grpc_server_handled_total', failed)
      const received = () =>
        readMetric(service.httpUrl, 'grpc_server_msg_received_total', { grpc_method: 'ImportMerchantRules' })
      const [before, receivedBefore] = [await count(), await received()]
      const request = requestTo(`${service.apiUrl}${path}`, { method: 'POST', headers: headers() })
      request.on('error', () => {})
      request.write(rule('cut-off'))
      await eventually('the import has begun', async () => (await received()) > receivedBefore)
      request.destroy()
      await eventually('the import has failed', async () => (await count()) > before)
      expect(await ruleIds()).not.to.include('cut-off')
    })
  })

  it('accepts gRPC-web', async () => {
    const request = purchase({ account_id: await fundedAccount(fixture().core, { CASH: 1_500n }) })
    const response = await fetch(`${fixture().service.apiUrl}/${AUTHORIZE}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/grpc-web+proto',
        'x-grpc-web': '1',
        authorization: `Bearer ${signToken()}`,
      },
      body: withPrefix(authorizeMethod.requestSerialize(request)),
    })
    const [answer, trailers] = messagesIn(Buffer.from(await response.arrayBuffer()))
    expect(authorizeMethod.responseDeserialize(answer?.bytes ?? Buffer.alloc(0))).to.include({
      code: '00',
      balance: '500',
    })
    expect(trailers?.bytes.toString()).to.include('grpc-status: 0')
  })

  it('rejects binary messages that other decoders would read differently', async () => {
    const response = await fetch(`${fixture().service.apiUrl}/${AUTHORIZE}`, {
      method: 'POST',
      headers: { 'content-type': 'application/proto', authorization: `Bearer ${signToken()}` },
      // The field amount as text.
      body: Uint8Array.from([0x1a, 0x01, 0x31]),
    })
    const { code, message } = errorIn(await response.json())
    expect([response.status, code]).to.deep.equal([400, 'invalid_argument'])
    expect(message).to.include('amount')
  })

  it('keeps the connection open after a request that was too large', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = async (body: string) => {
      const request = requestTo(`${fixture().service.apiUrl}/${AUTHORIZE}`, {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${signToken()}` },
      })
      request.end(body)
      const [response]: [IncomingMessage] = (await once(request, 'response')) as [IncomingMessage]
      response.resume()
      await once(response, 'end')
      return { status: response.statusCode, isReused: request.reusedSocket }
    }
    const large = JSON.stringify({ merchant: 'x'.repeat(64 * 1024) })
    expect(await ask(large)).to.deep.equal({ status: 429, isReused: false })
    // The service waits for a second for the rest of a request.
    for (const untilMs = performance.now() + 1_500; performance.now() < untilMs; ) {
      expect(await ask(JSON.stringify(bread('nobody')))).to.deep.equal({ status: 200, isReused: true })
    }
    agent.destroy()
  })

  describe('from a page of another origin', () => {
    const preflight = async (origin: string) =>
      await fetch(`${fixture().service.apiUrl}/${AUTHORIZE}`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      })

    it('is allowed when the origin is configured, with the headers that a page sends', async () => {
      const { status, headers } = await preflight('https://office.example')
      expect([status, headers.get('access-control-allow-origin')]).to.deep.equal([
        204,
        'https://office.example',
      ])
      expect(headers.get('access-control-allow-headers')).to.include('Authorization')
    })

    it('is not allowed otherwise', async () => {
      expect((await preflight('https://evil.example')).headers.has('access-control-allow-origin')).to.equal(
        false,
      )
    })
  })

  it('answers pipelined requests on a connection in order', async () => {
    const { port } = new URL(fixture().service.apiUrl)
    const socket = connect(Number(port), '127.0.0.1')
    const body = '{}'
    const request = (id: string) =>
      `POST /${AUTHORIZE} HTTP/1.1\r\nhost: x\r\nx-request-id: ${id}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const ids = ['a', 'b', 'c', 'd', 'e']
    socket.write(ids.map(request).join(''))
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk
    })
    await eventually('all are answered', () => received.match(/x-request-id: \w/g)?.length === ids.length)
    expect([...received.matchAll(/x-request-id: (\w)/g)].map(([, id]) => id)).to.deep.equal(ids)
    socket.destroy()
  })
})

function withPrefix(message: Buffer): Buffer<ArrayBuffer> {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

function messagesIn(bytes: Buffer): readonly { readonly flags: number; readonly bytes: Buffer }[] {
  const messages: { flags: number; bytes: Buffer }[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1)
    messages.push({ flags: bytes.readUInt8(at), bytes: bytes.subarray(at + 5, end) })
    at = end
  }
  return messages
}
