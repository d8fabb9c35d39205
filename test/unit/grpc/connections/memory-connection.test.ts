import { connect, createServer, type ServerHttp2Session } from 'node:http2'
import { expect } from 'chai'
import { memoryConnection } from '../../../../src/grpc/connections/memory-connection.js'
import { eventually } from '../../../support/eventually.js'

/** Calls under way at once: so many that both ends write while they read. */
const CALLS = 300
const ANSWER = Buffer.alloc(2_000, 'x')

describe('a connection in memory', () => {
  const server = createServer({ settings: { maxConcurrentStreams: 1_000 } })
  server.on('stream', (stream) => {
    stream.on('end', () => {
      stream.respond({ ':status': 200 })
      stream.end(ANSWER)
    })
    stream.resume()
  })
  let sessions: ServerHttp2Session[] = []
  server.on('session', (session) => sessions.push(session))

  function open() {
    sessions = []
    return connect('http://in-process', {
      createConnection: () => {
        const [ours, theirs] = memoryConnection()
        server.emit('connection', theirs)
        return ours
      },
    })
  }

  it('carries hundreds of calls at once, each to its end', async () => {
    const client = open()
    const bytes = await Promise.all(
      Array.from({ length: CALLS }, async () => {
        let received = 0
        const call = client.request({ ':method': 'POST' })
        call.end(Buffer.alloc(1_000))
        for await (const chunk of call) received += chunk.length
        return received
      }),
    )
    expect(bytes).to.deep.equal(Array(CALLS).fill(ANSWER.length))
    client.destroy()
  })

  it('ends at both ends when one is destroyed', async () => {
    const client = open()
    await new Promise((resolve) => client.once('connect', resolve))
    client.destroy()
    await eventually('the other end is closed', () => sessions[0]?.destroyed)
  })
})
