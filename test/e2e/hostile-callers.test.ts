import { expect } from 'chai'
import { FrameType } from '../../bench/h2/frames.js'
import { REFLECTIONS_MAX } from '../../src/grpc/reflection/reflection-service.js'
import {
  AUTHORIZE,
  bearer,
  callHeaders,
  framed,
  HEALTH_CHECK,
  HEALTH_WATCH,
  purchase as purchaseBytes,
  REFLECTION,
} from '../faults/hostile/calls.js'
import { dataFrame, frameOf, headersFrame, RawConnection } from '../faults/hostile/raw-connection.js'
import { purchase } from '../support/clients/client.js'
import { signToken } from '../support/clients/token.js'
import { eventually } from '../support/eventually.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { useService } from '../support/processes/service-fixture.js'

const KIB = 1_024
/** Size of one write of a flood, in bytes. */
const AT_ONCE_BYTES = 64 * KIB
/** Time for which an unchanged state is watched, in milliseconds. */
const WATCHED_MS = 300
/** The limit of connections. */
const CONNECTIONS_MAX = 20

describe('hostile callers', () => {
  const fixture = useService({ GRPC_CONNECTIONS_MAX: String(CONNECTIONS_MAX) })
  const token = signToken()

  function target(): { readonly host: string; readonly port: number } {
    const [host = '', port] = fixture().service.grpcAddress.split(':')
    return { host, port: Number(port) }
  }

  async function connect(): Promise<RawConnection> {
    const connection = await RawConnection.open(target())
    if (!connection) throw new Error('the service lets nobody in')
    return connection
  }

  /** Sends the same bytes repeatedly until the service has closed the connection. */
  async function flood(connection: RawConnection, frames: () => Buffer): Promise<void> {
    await eventually('the service has closed the connection', () => {
      const length = Math.ceil(AT_ONCE_BYTES / frames().length)
      connection.write(...Array.from({ length }, frames))
      return !connection.isOpen
    })
  }

  const closed = (reason: string) =>
    readMetric(fixture().service.httpUrl, 'benefits_connections_closed_total', { reason })

  describe('with a malformed call', () => {
    it('get an error for metadata larger than 16 KiB', async () => {
      const headers = { 'x-large': 'm'.repeat(16 * KIB) }
      const { error } = await fixture().client.authorize(purchase({}), { headers })
      expect(error).to.deep.include({ code: 'INVALID_ARGUMENT' })
      expect(error?.info?.reason).to.equal('METADATA_TOO_LARGE')
    })

    it('may send slightly less metadata', async () => {
      const headers = { 'x-large': 'm'.repeat(15 * KIB) }
      expect((await fixture().client.authorize(purchase({}), { headers })).response?.code).to.equal('07')
    })

    it('get an error for a second message of a unary method', async () => {
      const connection = await connect()
      const two = Buffer.concat([framed(purchaseBytes('twice')), framed(purchaseBytes('twice'))])
      expect(await connection.call(callHeaders(AUTHORIZE, [bearer({ token })]), two)).to.equal(
        'UNIMPLEMENTED',
      )
      connection.close()
    })

    it('find no token in the log after an illegal byte in its header', async () => {
      const connection = await connect()
      const headers = callHeaders(AUTHORIZE, [['authorization', `Bearer ${token}\u00e9`]])
      expect(await connection.call(headers, framed(purchaseBytes('illegal')))).to.equal('UNAUTHENTICATED')
      expect(fixture().service.stderr).to.equal('')
      connection.close()
    })

    it('get one rejection for a thousand empty messages', async () => {
      const before = await readMetric(fixture().service.httpUrl, 'grpc_server_handled_total', {
        grpc_code: 'UNIMPLEMENTED',
      })
      const connection = await connect()
      await connection.call(callHeaders(AUTHORIZE, [bearer({ token })]), Buffer.alloc(5_000))
      const after = await readMetric(fixture().service.httpUrl, 'grpc_server_handled_total', {
        grpc_code: 'UNIMPLEMENTED',
      })
      expect(after - before).to.equal(1)
      connection.close()
    })
  })

  describe('without a valid token', () => {
    for (const [what, path, authorization, outcome] of [
      ['health checks', HEALTH_CHECK, undefined, 'OK'],
      ['calls without a token', AUTHORIZE, undefined, 'UNAUTHENTICATED'],
      ['calls with a bad token', AUTHORIZE, 'Bearer a.b.c', 'UNAUTHENTICATED'],
      ['calls of unknown methods', '/nobody/Knows', undefined, 'UNIMPLEMENTED'],
    ] as const) {
      it(`get an answer to each of many ${what}`, async () => {
        const connection = await connect()
        const headers = callHeaders(path, authorization ? [['authorization', authorization]] : [])
        const outcomes = new Set<string>()
        for (let round = 0; round < 10; round++) {
          const calls = Array.from({ length: 100 }, () => connection.call(headers, framed(Buffer.alloc(0))))
          for (const ended of await Promise.all(calls)) outcomes.add(ended)
        }
        expect([...outcomes]).to.deep.equal([outcome])
        connection.close()
      })
    }

    it('lose connections to others when the limit of connections is reached', async () => {
      const before = await closed('MADE_ROOM')
      const idle = await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => connect()))
      const late = await connect()
      const outcome = await late.call(
        callHeaders(AUTHORIZE, [bearer({ token })]),
        framed(purchaseBytes('late')),
      )
      expect(outcome).to.equal('OK')
      expect(await closed('MADE_ROOM')).to.be.greaterThan(before)
      for (const connection of [...idle, late]) connection.close()
    })

    it('keep only a limited number of reflection streams open', async () => {
      const connection = await connect()
      const streams = Array.from({ length: REFLECTIONS_MAX + 1 }, () => {
        const streamId = connection.newStreamId()
        connection.write(headersFrame(streamId, callHeaders(REFLECTION)))
        return connection.outcomeOf(streamId, 30_000)
      })
      expect(await Promise.race(streams)).to.equal('RESOURCE_EXHAUSTED')
      connection.close()
    })

    it('must read one reflection answer before they get the next', async () => {
      const asked = { grpc_method: 'ServerReflectionInfo' }
      const { httpUrl } = fixture().service
      const before = await readMetric(httpUrl, 'grpc_server_msg_sent_total', asked)
      const connection = await RawConnection.open(target(), 0)
      const streamId = connection?.newStreamId() ?? 0
      const question = framed(Buffer.concat([Buffer.of(0x3a, 1), Buffer.from('x')]))
      const questions = dataFrame(streamId, Buffer.concat(Array.from({ length: 300 }, () => question)))
      connection?.write(headersFrame(streamId, callHeaders(REFLECTION)), questions)
      expect(await connection?.ping(5_000)).to.equal('PONG')
      await eventually('the first question is answered', async () => {
        return (await readMetric(httpUrl, 'grpc_server_msg_sent_total', asked)) > before
      })
      expect((await readMetric(httpUrl, 'grpc_server_msg_sent_total', asked)) - before).to.equal(1)
      connection?.close()
    })

    it('may watch the health', async () => {
      const connection = await connect()
      const streamId = connection.newStreamId()
      const outcome = connection.outcomeOf(streamId, WATCHED_MS)
      connection.write(
        headersFrame(streamId, callHeaders(HEALTH_WATCH)),
        dataFrame(streamId, framed(Buffer.alloc(0))),
      )
      expect(await outcome).to.equal('SILENCE')
      expect(connection.isOpen).to.equal(true)
      connection.close()
    })
  })

  describe('with a valid token', () => {
    async function known(): Promise<RawConnection> {
      const connection = await connect()
      await connection.call(callHeaders(AUTHORIZE, [bearer({ token })]), framed(purchaseBytes('known')))
      return connection
    }

    it('lose their connection after a flood of PING frames', async () => {
      const connection = await known()
      await flood(connection, () => frameOf({ type: FrameType.PING }, Buffer.alloc(8)))
    })

    it('lose their connection by cancelling calls at once', async () => {
      const connection = await known()
      await flood(connection, () => {
        const streamId = connection.newStreamId()
        const reset = frameOf({ type: FrameType.RST_STREAM, streamId }, Buffer.from([0, 0, 0, 8]))
        return Buffer.concat([headersFrame(streamId, callHeaders(AUTHORIZE, [bearer({ token })])), reset])
      })
    })

    it('keep their connection for any number of purchases', async () => {
      const connection = await known()
      const headers = callHeaders(AUTHORIZE, [bearer({ token }), ['x-large', 'm'.repeat(2 * KIB)]])
      for (let call = 0; call < 300; call++) {
        const outcome = await connection.call(headers, framed(purchaseBytes(`many-${call}`)))
        expect(outcome).to.equal('OK')
      }
      connection.close()
    })

    it('keep their connection when they cancel as many calls at once as they may have', async () => {
      const connection = await known()
      for (let round = 0; round < 5; round++) {
        connection.write(
          ...Array.from({ length: 128 }, () => {
            const streamId = connection.newStreamId()
            const reset = frameOf({ type: FrameType.RST_STREAM, streamId }, Buffer.from([0, 0, 0, 8]))
            return Buffer.concat([headersFrame(streamId, callHeaders(AUTHORIZE, [bearer({ token })])), reset])
          }),
        )
        expect(await connection.ping(60_000)).to.equal('PONG')
      }
      connection.close()
    })

    it('lose an idle connection to others, with a GOAWAY so that they can reconnect', async () => {
      const before = await closed('MADE_ROOM')
      const idle = await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => known()))
      const late = await connect()
      const outcome = await late.call(
        callHeaders(AUTHORIZE, [bearer({ token })]),
        framed(purchaseBytes('late-known')),
      )
      expect(outcome).to.equal('OK')
      expect(await closed('MADE_ROOM')).to.be.greaterThan(before)
      for (const connection of [...idle, late]) connection.close()
    })
  })

  it('are disconnected at once after a violation of HTTP/2, not after a ping timeout', async () => {
    const open = () => readMetric(fixture().service.httpUrl, 'benefits_connections')
    await eventually('nobody is connected', async () => (await open()) === 0)
    for (let caller = 0; caller < 5; caller++) {
      const connection = await connect()
      connection.write(frameOf({ type: FrameType.DATA }, Buffer.of(1)))
      await connection.ping(1_000)
      connection.close()
    }
    await eventually('nobody is connected', async () => (await open()) === 0)
  })

  it('cause no error in the log', () => {
    const { events } = fixture().service
    expect(events.filter(({ level }) => level === 'error' || level === 'fatal')).to.deep.equal([])
  })
})
