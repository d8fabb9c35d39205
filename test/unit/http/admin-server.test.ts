import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { AdminServer, type Readiness } from '../../../src/http/admin-server.js'
import type { Exposition } from '../../../src/http/metrics-page.js'

type Answer = {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Buffer
}

describe('admin server', () => {
  let metrics: () => Promise<Exposition>
  let readiness: () => Readiness
  let server: AdminServer
  let port: number

  beforeEach(async () => {
    metrics = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' })
    readiness = () => ({ ready: true, detail: 'ready' })
    server = new AdminServer({
      host: '127.0.0.1',
      port: 0,
      metrics: () => metrics(),
      readiness: () => readiness(),
    })
    port = await server.listen()
  })

  afterEach(async () => {
    await server.close()
  })

  it('serves the metrics unchanged', async () => {
    const { status, text } = await ask('GET', '/metrics')
    expect({ status, text }).to.deep.equal({ status: 200, text: 'up 1\n' })
  })

  for (const [accepts, encoding] of [
    ['gzip', 'gzip'],
    ['deflate, gzip;q=0.5', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip; q=0.0, identity', undefined],
    ['gzipped', undefined],
    ['identity', undefined],
  ] as const) {
    it(`serves ${encoding ? 'compressed' : 'uncompressed'} metrics to a client that accepts ${accepts}`, async () => {
      const { headers, body } = await ask('GET', '/metrics', { 'accept-encoding': accepts })
      expect(headers['content-encoding']).to.equal(encoding)
      expect((encoding ? gunzipSync(body) : body).toString()).to.equal('up 1\n')
    })
  }

  describe('at the maximum number of connections', () => {
    const SOCKETS_MAX = 100
    let sockets: Socket[]

    beforeEach(() => {
      sockets = []
    })

    afterEach(() => {
      for (const socket of sockets) socket.destroy()
    })

    async function open(said = ''): Promise<Socket> {
      const socket = connect({ host: '127.0.0.1', port })
      sockets.push(socket)
      socket.on('error', () => {})
      await once(socket, 'connect')
      if (said !== '') {
        socket.write(said)
        await once(socket, 'data')
      }
      return socket
    }

    it('answers a new connection, which replaces the one that has been idle longest', async () => {
      const answered = await open('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n')
      for (let count = 1; count < SOCKETS_MAX; count++) await open()
      answered.write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n')
      await once(answered, 'data')
      const closed = sockets[1] && once(sockets[1], 'close')
      expect((await ask('GET', '/livez')).status).to.equal(200)
      await closed
      expect([answered.destroyed, sockets[2]?.destroyed]).to.deep.equal([false, false])
    })

    it('answers a new connection when all others wait for a page', async () => {
      metrics = () => new Promise(() => {})
      const asked = Array.from({ length: SOCKETS_MAX }, () => open())
      for (const socket of await Promise.all(asked)) socket.write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n')
      expect((await ask('GET', '/livez')).status).to.equal(200)
    })
  })

  it('declares the format of the metrics', async () => {
    const { headers } = await ask('GET', '/metrics')
    expect(headers).to.include({ 'content-type': 'text/plain; version=0.0.4' })
  })

  it('is alive, even when it is not ready', async () => {
    readiness = () => ({ ready: false, detail: 'no database' })
    const { status, text } = await ask('GET', '/livez')
    expect({ status, text }).to.deep.equal({ status: 200, text: 'ok\n' })
  })

  it('answers 200 with the state when it is ready', async () => {
    const { status, text } = await ask('GET', '/readyz')
    expect({ status, text }).to.deep.equal({ status: 200, text: 'ready\n' })
  })

  it('answers 503 with the cause when it is not ready', async () => {
    readiness = () => ({ ready: false, detail: 'no database' })
    const { status, text } = await ask('GET', '/readyz')
    expect({ status, text }).to.deep.equal({ status: 503, text: 'no database\n' })
  })

  it('reports the current state, not an earlier one', async () => {
    await ask('GET', '/readyz')
    readiness = () => ({ ready: false, detail: 'no database' })
    expect((await ask('GET', '/readyz')).status).to.equal(503)
  })

  it('ignores a query string', async () => {
    expect((await ask('GET', '/readyz?verbose=1&x')).status).to.equal(200)
  })

  for (const path of ['/', '/metrics/', '/Metrics', '/readyz/x', '//readyz', '/%72eadyz']) {
    it(`answers 404 at ${path}`, async () => {
      expect((await ask('GET', path)).status).to.equal(404)
    })
  }

  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    it(`rejects ${method}`, async () => {
      expect((await ask(method, '/readyz')).status).to.equal(405)
    })

    it(`lists the allowed methods instead of ${method}`, async () => {
      expect((await ask(method, '/readyz')).headers).to.include({ allow: 'GET, HEAD' })
    })
  }

  it('answers 404 rather than 405 for an unknown path', async () => {
    expect((await ask('POST', '/nothing')).status).to.equal(404)
  })

  it('answers HEAD like GET, without the body', async () => {
    readiness = () => ({ ready: false, detail: 'no database' })
    const { status, text } = await ask('HEAD', '/readyz')
    expect({ status, text }).to.deep.equal({ status: 503, text: '' })
  })

  it('forbids caching of its answers', async () => {
    expect((await ask('GET', '/readyz')).headers).to.include({ 'cache-control': 'no-store' })
  })

  it('hides the cause of a failed page', async () => {
    metrics = async () => {
      throw new Error('mongodb://user:password@host')
    }
    const { status, text } = await ask('GET', '/metrics')
    expect({ status, text }).to.deep.equal({ status: 500, text: 'internal error\n' })
  })

  it('fails on a port that is in use', async () => {
    const other = new AdminServer({ host: '127.0.0.1', port, metrics, readiness })
    const outcome = await other.listen().catch((error: NodeJS.ErrnoException) => error.code)
    expect(outcome).to.equal('EADDRINUSE')
  })

  it('stops listening when it is closed', async () => {
    await server.close()
    const outcome = await ask('GET', '/livez').catch((error: NodeJS.ErrnoException) => error.code)
    expect(outcome).to.equal('ECONNREFUSED')
  })

  function ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const body = Buffer.concat(parts)
          resolve({ status: response.statusCode, headers: response.headers, text: body.toString(), body })
        })
      })
      call.on('error', reject)
      call.end()
    })
  }
})
