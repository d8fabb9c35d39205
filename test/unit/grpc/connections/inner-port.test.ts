import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import { speakHttp2 } from '../../../../src/grpc/connections/http2-sessions.js'
import { openInnerPort } from '../../../../src/grpc/connections/inner-port.js'
import { memoryConnection } from '../../../../src/grpc/connections/memory-connection.js'

/** The preface of a client, and its SETTINGS frame without settings. */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
])

describe('the inner port', () => {
  it('keeps a connection whose client is too busy to answer pings', async () => {
    const server = new Server({ 'grpc.keepalive_time_ms': 10, 'grpc.keepalive_timeout_ms': 10 })
    const inner = openInnerPort(server, 1)
    const speak = speakHttp2({
      server,
      credentials: ServerCredentials.createInsecure(),
      callsMax: 1,
      onSession: () => () => 1,
    })
    const kept = inner()
    begin(kept)
    // Several others, one after another: each is closed for its silence.
    for (let others = 0; others < 3; others++) {
      const [ours, theirs] = memoryConnection()
      speak(theirs)
      begin(ours)
      await once(ours, 'close')
    }
    expect(kept.destroyed).to.equal(false)
    kept.destroy()
    server.forceShutdown()
  })
})

/** Begins HTTP/2, and then answers nothing. */
function begin(connection: Duplex): void {
  connection.resume()
  connection.write(PREFACE)
}
