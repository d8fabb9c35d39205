import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { SharedPort, type Taker } from '../../../src/workers/shared-port.js'

const WAITING_MAX = 3

/** Somebody who has what he is given until it is said that he has taken it, or not. */
class TestTaker implements Taker {
  readonly given: Socket[] = []
  /** Where the other end of each is: what tells them apart. */
  readonly farPorts: (number | undefined)[] = []
  free = true
  #answer: (taken: boolean) => void = () => {}
  #onGiven: () => void = () => {}

  async give(connection: Socket): Promise<boolean> {
    this.given.push(connection)
    this.farPorts.push(connection.remotePort)
    this.free = false
    this.#onGiven()
    return await new Promise((resolve) => {
      this.#answer = resolve
    })
  }

  answer(taken: boolean, free = true): void {
    this.free = free
    this.#answer(taken)
  }

  async untilGiven(count: number): Promise<void> {
    while (this.given.length < count) {
      await new Promise<void>((resolve) => {
        this.#onGiven = resolve
      })
    }
  }
}

describe('a port that is shared', () => {
  let one: TestTaker
  let other: TestTaker
  let port: SharedPort
  let number: number
  let callers: Socket[]
  let dropped: number

  beforeEach(async () => {
    one = new TestTaker()
    other = new TestTaker()
    dropped = 0
    port = new SharedPort({
      takers: () => [one, other],
      waitingMax: WAITING_MAX,
      onFull: () => {
        dropped += 1
      },
    })
    number = await port.listen({ host: '127.0.0.1', port: 0 })
    callers = []
  })
  afterEach(() => {
    port.close()
    for (const socket of [...callers, ...one.given, ...other.given]) socket.destroy()
  })

  /** Connects, and returns once the system has. */
  async function call(): Promise<Socket> {
    const caller = connect({ host: '127.0.0.1', port: number })
    callers.push(caller)
    await once(caller, 'connect')
    return caller
  }

  it('gives connections in turn', async () => {
    const first = await call()
    await one.untilGiven(1)
    const second = await call()
    await other.untilGiven(1)
    expect([one.farPorts, other.farPorts]).to.deep.equal([[first.localPort], [second.localPort]])
  })

  it('passes over those who are not free', async () => {
    one.free = false
    const { localPort } = await call()
    await other.untilGiven(1)
    expect([one.farPorts, other.farPorts]).to.deep.equal([[], [localPort]])
  })

  it('keeps those waiting, in their order, for whom nobody is free', async () => {
    one.free = false
    other.free = false
    const first = await call()
    const second = await call()
    one.free = true
    port.handOut()
    await one.untilGiven(1)
    one.answer(true)
    await one.untilGiven(2)
    expect(one.farPorts).to.deep.equal([first.localPort, second.localPort])
  })

  it('lets go of what was taken', async () => {
    await call()
    await one.untilGiven(1)
    one.answer(true)
    const [connection] = one.given
    if (connection && !connection.destroyed) await once(connection, 'close')
    expect(connection?.destroyed).to.equal(true)
  })

  it('gives what was not taken to the next one, before those who have come since, and unread', async () => {
    other.free = false
    const first = await call()
    first.write('said before anybody had it')
    await one.untilGiven(1)
    await call()
    one.answer(false, false)
    await nextTurn()
    other.free = true
    port.handOut()
    await other.untilGiven(1)
    expect(other.farPorts).to.deep.equal([first.localPort])
    const [heard] = await once((other.given[0] as Socket).resume(), 'data')
    expect(String(heard)).to.equal('said before anybody had it')
  })

  it('closes what comes when as many wait as may, tells of it, and leaves those who wait', async () => {
    one.free = false
    other.free = false
    for (let waiting = WAITING_MAX; waiting > 0; waiting--) (await call()).resume()
    await once((await call()).resume(), 'close')
    expect(dropped).to.equal(1)
    expect(callers.map(({ destroyed }) => destroyed)).to.deep.equal([false, false, false, true])
  })

  it('has room again for as many as were taken', async () => {
    other.free = false
    for (let count = 1; count <= 2 * WAITING_MAX; count++) {
      await call()
      await one.untilGiven(count)
      one.answer(true)
      await nextTurn()
    }
    expect(dropped).to.equal(0)
  })

  it('closes what waits when it is closed, and what is not taken then', async () => {
    const given = await call()
    await one.untilGiven(1)
    other.free = false
    const waiting = await call()
    port.close()
    one.answer(false, false)
    for (const caller of [given, waiting]) {
      caller.resume()
      if (!caller.destroyed) await once(caller, 'close')
    }
    expect(other.given).to.deep.equal([])
  })
})
