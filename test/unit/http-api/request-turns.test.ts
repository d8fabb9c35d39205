import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { RequestTurns } from '../../../src/http-api/request-turns.js'

/** A connection, and whether the service closed it. */
class FakeSocket extends EventEmitter {
  destroyed = false

  destroy(): void {
    this.destroyed = true
  }
}

/** A response that ends when the test says so. */
class FakeResponse extends EventEmitter {
  destroyed = false

  end(): void {
    this.emit('close')
  }
}

function setUp() {
  const begun: string[] = []
  const turns = new RequestTurns((request) => void begun.push(request.url ?? ''))
  const add = (url: string, socket: FakeSocket): FakeResponse => {
    const response = new FakeResponse()
    // The two types have hundreds of members; the tests use these.
    turns.add({ url, socket } as unknown as IncomingMessage, response as unknown as ServerResponse)
    return response
  }
  return { begun, add }
}

describe('the turns of HTTP requests', () => {
  it('start one request in each turn of the event loop, in order of arrival', async () => {
    const { begun, add } = setUp()
    for (const url of ['a', 'b', 'c']) add(url, new FakeSocket())
    expect(begun).to.deep.equal([])
    await nextTurn()
    expect(begun).to.deep.equal(['a'])
    await nextTurn()
    expect(begun).to.deep.equal(['a', 'b'])
    await nextTurn()
    expect(begun).to.deep.equal(['a', 'b', 'c'])
  })

  it('start a request of a connection after the answer to the previous one', async () => {
    const { begun, add } = setUp()
    const socket = new FakeSocket()
    const first = add('first', socket)
    add('second', socket)
    await nextTurn()
    await nextTurn()
    expect(begun).to.deep.equal(['first'])
    first.end()
    await nextTurn()
    expect(begun).to.deep.equal(['first', 'second'])
  })

  it('skip a request whose client has left, without losing a turn', async () => {
    const { begun, add } = setUp()
    const gone = add('gone', new FakeSocket())
    add('here', new FakeSocket())
    gone.destroyed = true
    await nextTurn()
    expect(begun).to.deep.equal(['here'])
  })

  it('close a connection on which too many requests wait', () => {
    const { add } = setUp()
    const socket = new FakeSocket()
    for (let count = 0; count < 17; count++) add('x', socket)
    expect(socket.destroyed).to.equal(false)
    add('x', socket)
    expect(socket.destroyed).to.equal(true)
  })
})
