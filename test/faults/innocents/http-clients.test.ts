import { once } from 'node:events'
import { Agent, type IncomingMessage, request as requestTo } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { purchase } from '../../support/clients/client.js'
import { signToken } from '../../support/clients/token.js'
import { useHttpApi } from '../../support/processes/service-fixture.js'
import { besidePurchases, CALL_MS_MAX } from './population.js'

const CLIENTS = 300
const CALLS_OF_A_CLIENT = 3
/** More than the limit. */
const SOCKETS = 150
const bread = () => JSON.stringify(purchase({}))
const CALL = '/benefits.v1.AuthorizationService/Authorize'

describe('clients of the HTTP API', function () {
  this.timeout(300_000)
  const patience = { DECISION_TIMEOUT_MS: String(CALL_MS_MAX), QUEUE_WAIT_MS: String(CALL_MS_MAX) }
  const fixture = useHttpApi({ ...patience, HTTP_API_CONNECTIONS_MAX: '100' })
  const roomy = useHttpApi(patience)
  const sockets: Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  async function post(apiUrl: string, body: string, agent?: Agent): Promise<number | undefined> {
    const request = requestTo(`${apiUrl}${CALL}`, {
      method: 'POST',
      agent: agent ?? false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${signToken()}` },
    })
    request.end(body)
    const [response]: [IncomingMessage] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    return response.statusCode
  }

  async function hold(said: string): Promise<void> {
    const { hostname, port } = new URL(fixture().service.apiUrl)
    const socket = connect({ host: hostname, port: Number(port) })
    sockets.push(socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(said)
  }

  it('all get answers: 300 that keep their connection', async () => {
    const { apiUrl, grpcAddress } = roomy().service
    const statuses = new Map<number | undefined, number>()
    const client = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      for (let calls = 0; calls < CALLS_OF_A_CLIENT; calls++) {
        const status = await post(apiUrl, bread(), agent)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
      agent.destroy()
    }
    await besidePurchases(grpcAddress, () => Promise.all(Array.from({ length: CLIENTS }, client)))
    expect([...statuses]).to.deep.equal([[200, CLIENTS * CALLS_OF_A_CLIENT]])
  })

  it('all get an error for requests that are too large', async () => {
    const { apiUrl, grpcAddress } = roomy().service
    const large = JSON.stringify(purchase({ merchant: 'x'.repeat(70_000) }))
    const statuses = await besidePurchases(grpcAddress, () =>
      Promise.all(Array.from({ length: 50 }, () => post(apiUrl, large))),
    )
    expect(statuses).to.deep.equal(Array(50).fill(429))
  })

  const head = `POST ${CALL} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n`
  for (const [what, said] of [
    ['that say nothing', ''],
    ['with half of their headers', head],
    ['with half of a body', `${head}content-length: 100\r\n\r\n{`],
    ['with half of a body in chunks', `${head}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`],
    ['with a body that never ends', `${head}content-length: 100000000\r\n\r\n${' '.repeat(70_000)}`],
    [
      'with half of a purchase',
      'POST /v1/transactions/authorizer HTTP/1.1\r\nhost: a\r\ncontent-length: 90\r\n\r\n{',
    ],
    ['with 15 requests at once', `${head}content-length: 2\r\n\r\n{}`.repeat(15)],
    ['with 1,000 requests at once', `${head}content-length: 2\r\n\r\n{}`.repeat(1_000)],
  ] as const) {
    it(`get answers beside 150 connections ${what}`, async () => {
      const { apiUrl, grpcAddress } = fixture().service
      await besidePurchases(grpcAddress, async () => {
        for (let count = 0; count < SOCKETS; count++) await hold(said)
        expect(await post(apiUrl, bread())).to.equal(200)
      })
    })
  }
})
