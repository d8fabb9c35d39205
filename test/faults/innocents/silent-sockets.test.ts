import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { besidePurchases, usePopulation } from './population.js'

/** More than the limit of the HTTP port. */
const SOCKETS = 150

describe('probes of the HTTP port while other clients occupy it', function () {
  this.timeout(300_000)
  const fixture = usePopulation()
  const sockets: Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  /** As the kubelet asks: on a separate connection. */
  async function probe(path: string): Promise<number | undefined> {
    const request = get(`${fixture().service.httpUrl}${path}`, { agent: false })
    const [response]: [IncomingMessage] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    return response.statusCode
  }

  async function hold(said: string, untilAnswered: boolean): Promise<void> {
    const { hostname, port } = new URL(fixture().service.httpUrl)
    const socket = connect({ host: hostname, port: Number(port) })
    sockets.push(socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(said)
    if (untilAnswered) await once(socket, 'data')
  }

  for (const [what, said, untilAnswered] of [
    ['that say nothing', '', false],
    ['that were kept alive', 'GET /livez HTTP/1.1\r\nhost: a\r\n\r\n', true],
    ['with half a request', 'GET /livez HTTP/1.1\r\nhos', false],
    ['that wait for a page', 'GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(20), false],
  ] as const) {
    it(`get answers: with 150 connections ${what}`, async () => {
      await besidePurchases(fixture().service.grpcAddress, async () => {
        for (let count = 0; count < SOCKETS; count++) await hold(said, untilAnswered)
        expect([await probe('/livez'), await probe('/readyz')]).to.deep.equal([200, 200])
      })
    })
  }
})
