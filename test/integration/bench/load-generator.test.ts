import { once } from 'node:events'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { type AddressInfo, createServer } from 'node:net'
import { expect } from 'chai'
import type { CallEnd } from '../../../bench/h2/call-end.js'
import { GrpcConnection, requestHeaders } from '../../../bench/h2/grpc-connection.js'
import { framedMessage } from '../../../bench/h2/grpc-messages.js'
import type { LoadJob } from '../../../bench/load/job.js'
import { runLoad } from '../../../bench/load/load-run.js'
import { eventually, WAIT_MS_MAX } from '../../support/eventually.js'
import { PurchaseServer } from './purchase-server.js'

/** RFC 9113, 7. */
const REFUSED_STREAM = 7

const headers = requestHeaders({ authority: 'test', path: '/a.B/C', more: [] })

describe('the load generator', () => {
  let server = new PurchaseServer()
  let port = 0
  beforeEach(async () => {
    server = new PurchaseServer()
    port = await server.listen()
  })
  afterEach(() => server.close())

  function job(changes: Partial<LoadJob> = {}): LoadJob {
    return {
      target: { host: '127.0.0.1', port },
      token: 'a.b.c',
      mode: 'unary',
      connections: 2,
      callTimeoutMs: WAIT_MS_MAX,
      workload: {
        seed: 3,
        transactionPrefix: 'run-',
        accounts: { prefix: 'bench-', count: 10 },
        amount: { min: 1, max: 500 },
        declinedAmount: 999_999_999_999,
        benefitMccs: ['5411', '5812'],
        cashMccs: ['5999'],
        merchants: ['PADARIA DO ZE               SAO PAULO BR'],
        repeatShare: 0.5,
        declineShare: 0.2,
        cashShare: 0.3,
      },
      shape: { type: 'closed', callers: 32, warmupMs: 50, durationMs: 500 },
      ...changes,
    }
  }

  for (const mode of ['unary', 'stream'] as const) {
    it(`agrees with the server to the centavo (${mode})`, async () => {
      const { measured, whole } = await runLoad(job({ mode }))
      expect(whole).to.deep.include({ errors: [], decidedTwice: 0, contradicted: 0, decided: whole.ids })
      expect(whole.unknown.count + whole.unexpected.count).to.equal(0)
      expect(whole.approved.centavos).to.equal(String(server.debited))
      expect(Object.keys(whole.approvedByCategory)).to.have.members(['FOOD', 'CASH'])
      expect(measured.answered).to.be.above(0).and.at.most(whole.sent)
      expect(measured.latency.count).to.equal(measured.offered)
    })

    it(`counts rejections, with their texts (${mode})`, async () => {
      server.rejectEvery = 3
      const { measured, whole } = await runLoad(job({ mode }))
      const [rejected] = whole.errors
      expect(rejected).to.include({ status: 'RESOURCE_EXHAUSTED', message: 'não dá: 100 %' })
      expect(measured.rejected).to.be.above(0)
      expect(whole.approved.centavos).to.equal(String(server.debited))
      expect(whole.unknown.count).to.equal(0)
    })

    it(`leaves unanswered calls unknown (${mode})`, async () => {
      server.isSilent = true
      const { measured, whole } = await runLoad(job({ mode, callTimeoutMs: 100 }))
      expect(measured.answered).to.equal(0)
      expect(whole).to.deep.include({ decided: 0, outcomes: [] })
      expect(whole.unknown.count).to.equal(whole.ids)
      expect(BigInt(whole.unknown.centavos) >= server.debited).to.equal(true)
    })
  }

  it('sends all requests of the stream mode on one stream per connection', async () => {
    await runLoad(job({ mode: 'stream' }))
    expect(server.calls).to.equal(2)
  })

  it('measures open-loop latency from the arrival, and drops no late request', async () => {
    server.isSilent = true
    const shape = { type: 'open', ratePerSecond: 500, warmupMs: 0, durationMs: 300, inFlightMax: 2 } as const
    // Longer than the run: no call times out.
    const { measured, whole } = await runLoad(job({ shape, callTimeoutMs: 3_000 }))
    expect(whole.sent).to.equal(2)
    expect(measured.offered).to.be.above(10)
    // The two sent calls may have arrived before the measured time began.
    expect(measured.unsent)
      .to.equal(measured.late)
      .and.be.within(measured.offered - 2, measured.offered)
    // Calls that were never sent are included with their waiting time.
    expect(measured.latency.count).to.equal(measured.unsent)
    expect(measured.latency.max).to.be.above(0)
  })

  it('sends each arrival of an open loop', async () => {
    const shape = {
      type: 'open',
      ratePerSecond: 500,
      warmupMs: 0,
      durationMs: 400,
      // As many as may have arrived during a pause of the machine.
      inFlightMax: 10_000,
    } as const
    const { measured, whole } = await runLoad(job({ shape }))
    expect(measured.unsent).to.equal(0)
    expect(measured.latency.count).to.equal(measured.offered)
    expect(whole.approved.centavos).to.equal(String(server.debited))
  })

  it('reports the result for each part of the measured time', async () => {
    const { measured, windows = [] } = await runLoad(job({ windowMs: 100 }))
    expect(windows.length).to.be.at.least(3)
    const answered = windows.reduce((sum, window) => sum + window.answered, 0)
    expect(answered).to.be.above(0).and.at.most(measured.answered)
    for (const window of windows) {
      expect(window.latency.count).to.equal(window.answered)
      expect(window.startedAtMs).to.be.within(Date.now() - 60_000, Date.now())
    }
  })

  it('loses no call when it renews connections that the server closes', async () => {
    const ageing = new PurchaseServer({ connectionAgeMs: 1_000 })
    try {
      const target = { host: '127.0.0.1', port: await ageing.listen() }
      const shape = { type: 'closed', callers: 32, warmupMs: 0, durationMs: 3_000 } as const
      const { whole, renewals } = await runLoad(job({ target, shape, renewsConnections: true }))
      expect(renewals?.connections).to.be.at.least(2)
      expect(whole).to.deep.include({ errors: [], decidedTwice: 0, contradicted: 0, decided: whole.ids })
      expect(whole.unknown.count).to.equal(0)
      expect(whole.approved.centavos).to.equal(String(ageing.debited))
    } finally {
      ageing.close()
    }
  })

  it('fails when the server is gone for good, even when it renews connections', async () => {
    const shape = { type: 'closed', callers: 4, warmupMs: 0, durationMs: 5_000 } as const
    const running = runLoad(job({ renewsConnections: true, shape }))
    await eventually('a call has come', () => server.debited > 0n)
    server.close()
    expect(await failureOf(running)).to.match(/closed the connection|no other connection can be had/)
  })

  it('fails when no server listens, and when the server goes away', async () => {
    const running = runLoad(job({ shape: { type: 'closed', callers: 4, warmupMs: 0, durationMs: 5_000 } }))
    await eventually('a call has come', () => server.debited > 0n)
    server.close()
    expect(await failureOf(running)).to.match(/closed the connection|takes no more calls/)
    expect(await failureOf(runLoad(job()))).to.include('ECONNREFUSED')
  })
})

describe('the load generator that renews connections', () => {
  /** Returns whether the server processes the call with this number, from 1 on. */
  async function callsLookedAt(isLookedAt: (call: number) => boolean, durationMs: number) {
    let calls = 0
    const server = createHttp2Server()
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      if (!isLookedAt(++calls)) return stream.close(REFUSED_STREAM)
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '7' }))
      stream.end()
    })
    const port = await portOf(server)
    try {
      return await runLoad({
        target: { host: '127.0.0.1', port },
        token: 'a.b.c',
        mode: 'unary',
        connections: 1,
        renewsConnections: true,
        workload: {
          seed: 3,
          transactionPrefix: 'run-',
          accounts: { prefix: 'bench-', count: 10 },
          amount: { min: 1, max: 500 },
          declinedAmount: 999_999_999_999,
          benefitMccs: ['5411'],
          cashMccs: ['5999'],
          merchants: ['PADARIA DO ZE'],
          repeatShare: 0,
          declineShare: 0,
          cashShare: 0,
        },
        shape: { type: 'closed', callers: 1, warmupMs: 0, durationMs },
      })
    } finally {
      server.close()
    }
  }

  it('resends a call that the server has not processed', async () => {
    const { whole, renewals } = await callsLookedAt((call) => call % 2 === 0, 100)
    expect(whole.errors).to.have.length(1)
    expect(whole.errors[0]).to.include({ status: 'PERMISSION_DENIED', count: whole.sent })
    expect(renewals?.resent).to.equal(whole.sent)
  })

  it('gives up after a limited number of attempts', async () => {
    const { whole, renewals } = await callsLookedAt(() => false, 50)
    expect(whole.errors[0]).to.include({ status: 'UNAVAILABLE', count: whole.sent })
    expect(renewals?.resent).to.equal(2 * whole.sent)
  })
})

describe('a connection of the load generator', () => {
  it('respects the flow-control windows of the server', async () => {
    const received: number[] = []
    const server = createHttp2Server({ settings: { initialWindowSize: 600 } })
    server.on('stream', (stream) => {
      stream.on('data', (data: Buffer) => received.push(data.length))
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.on('end', () => stream.end())
    })
    await withConnection(server, {}, async (connection) => {
      const ended = new Promise<CallEnd>((end) => {
        const stream = connection.call(headers, { message: () => {}, end })
        const memory = framedMessage(Buffer.alloc(500))
        for (let sent = 1; sent <= 200; sent++) {
          connection.send({ stream, message: memory, last: sent === 200 })
        }
        // Every waiting caller has a copy.
        memory.fill(1)
      })
      expect((await ended).status).to.equal(0)
      expect(received.reduce((sum, length) => sum + length, 0)).to.equal(200 * 505)
    })
  })

  it('returns flow-control window to the server', async () => {
    const message = framedMessage(Buffer.alloc(50_000))
    const server = createHttp2Server()
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      for (let sent = 0; sent < 10; sent++) stream.write(message)
      stream.end()
    })
    await withConnection(server, { receiveWindow: 65_535 }, async (connection) => {
      const lengths: number[] = []
      await new Promise<CallEnd>((end) => {
        const listener = { message: (bytes: Buffer) => lengths.push(bytes.length), end }
        connection.send({
          stream: connection.call(headers, listener),
          message: framedMessage(Buffer.alloc(0)),
          last: true,
        })
      })
      expect(lengths).to.deep.equal(Array.from({ length: 10 }, () => 50_000))
    })
  })

  const ends: readonly (readonly [what: string, answer: Answer, status: number, message: string])[] = [
    [
      'a response without trailers',
      (stream) => stream.respond({ ':status': 200 }, { endStream: true }),
      2,
      'no grpc-status',
    ],
    ['an HTTP status', (stream) => stream.respond({ ':status': 503 }), 2, 'HTTP status 503'],
    ['a reset that rejects', (stream) => stream.close(7), 14, 'error 7'],
    ['a reset', (stream) => stream.close(2), 13, 'error 2'],
    ['the end of the connection', (stream) => stream.session?.destroy(), -1, ''],
  ]
  for (const [what, answer, status, message] of ends) {
    it(`reports ${what}`, async () => {
      const server = createHttp2Server()
      server.on('stream', (stream) => {
        stream.on('error', () => {})
        answer(stream)
      })
      await withConnection(server, {}, async (connection) => {
        const end = await new Promise<CallEnd>((resolve) => {
          const stream = connection.call(headers, { message: () => {}, end: resolve })
          connection.send({ stream, message: framedMessage(Buffer.alloc(0)), last: true })
        })
        expect(end.status).to.equal(status)
        expect(end.message).to.include(message)
      })
    })
  }

  it('stops sending calls after GOAWAY, and returns the calls that the server ignored', async () => {
    const server = createHttp2Server()
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      // The second call shows that the first has arrived.
      if (stream.id === 3) stream.session?.goaway(0, 1)
    })
    await withConnection(server, {}, async (connection) => {
      const ends = new Map<number, CallEnd>()
      const call = (number: number) =>
        new Promise<void>((ended) => {
          const end = (how: CallEnd) => {
            ends.set(number, how)
            ended()
          }
          const stream = connection.call(headers, { message: () => {}, end })
          connection.send({ stream, message: framedMessage(Buffer.alloc(0)), last: true })
        })
      const first = call(1)
      await call(2)
      expect(connection.takesCalls).to.equal(false)
      await call(3)
      expect([...ends]).to.have.length(2)
      for (const end of ends.values()) expect(end).to.include({ status: -1, isUntouched: true })
      connection.close()
      await first
      expect(ends.get(1)).to.not.have.property('isUntouched')
    })
  })

  it('fails to connect to a server without HTTP/2', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // An address of TCP, since it listens to a port.
    const { port } = server.address() as AddressInfo
    try {
      expect(await failureOf(GrpcConnection.open({ host: '127.0.0.1', port }))).to.include('not understood')
    } finally {
      server.close()
    }
  })
})

type Answer = (stream: import('node:http2').ServerHttp2Stream) => void

async function withConnection(
  server: Http2Server,
  options: { readonly receiveWindow?: number },
  use: (connection: GrpcConnection) => Promise<void>,
): Promise<void> {
  const port = await portOf(server)
  const connection = await GrpcConnection.open({ host: '127.0.0.1', port, ...options })
  try {
    await use(connection)
  } finally {
    connection.close()
    server.close()
  }
}

async function portOf(server: Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // An address of TCP, since it listens to a port.
  return (server.address() as AddressInfo).port
}

async function failureOf(running: Promise<unknown>): Promise<string> {
  return await running.then(
    () => 'nothing failed',
    (error: unknown) => String(error),
  )
}
