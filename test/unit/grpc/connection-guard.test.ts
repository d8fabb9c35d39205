import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import {
  type Closing,
  ConnectionGuard,
  GRACE_MS,
  type GuardedSocket,
  SILENCE_MS,
  STRANGERS_MAX,
} from '../../../src/grpc/connection-guard.js'
import { BURST_BYTES, BYTES_PER_SECOND, DEBT_BYTES_MAX } from '../../../src/grpc/flood-budgets.js'

const KIB = 1_024
/** How long a budget takes to grow by so many bytes, in milliseconds. */
const msFor = (bytes: number) => (bytes / BYTES_PER_SECOND) * 1_000

/** A connection that sends what it is told to, and notes that it was closed. */
class FakeSocket extends EventEmitter {
  readonly remoteAddress: string
  readonly remotePort: number
  bytesRead = 0
  closed = false
  /** How often it was told to read. */
  readings = 0
  readonly _handle = {
    readStart: () => {
      this.readings += 1
    },
  }

  constructor(remotePort: number, remoteAddress = '192.0.2.1') {
    super()
    this.remotePort = remotePort
    this.remoteAddress = remoteAddress
  }

  /** As with those of Node.js, what follows from it comes later. */
  destroy(): this {
    this.closed = true
    return this
  }

  /** It is gone, by itself or because it was closed. */
  leave(): void {
    this.closed = true
    this.emit('close')
  }
}

describe('connection guard', () => {
  let nowMs: number
  let closings: Closing[]
  let sockets: FakeSocket[]

  beforeEach(() => {
    nowMs = 0
    closings = []
    sockets = []
  })

  afterEach(() => {
    for (const socket of sockets) socket.leave()
  })

  function guardOf(connectionsMax = 1_000, stopsFloods = true): ConnectionGuard {
    return new ConnectionGuard({
      connectionsMax,
      stopsFloods,
      monotonicMs: () => nowMs,
      onClosing: (closing) => closings.push(closing),
    })
  }

  function connect(guard: ConnectionGuard, address?: string): FakeSocket {
    const socket = new FakeSocket(sockets.length + 1, address)
    sockets.push(socket)
    // What is taken here of a socket has the same types as there.
    guard.admit(socket as unknown as GuardedSocket)
    return socket
  }

  /** The address is let in again when so much has been paid back that a new connection has room, and no sooner. */
  function expectOwed(guard: ConnectionGuard, bytes: number): void {
    nowMs += msFor(bytes + 3 * KIB)
    expect(connect(guard).closed).to.equal(true)
    nowMs += msFor(KIB)
    expect(connect(guard).closed).to.equal(false)
  }

  function connectMany(guard: ConnectionGuard, count: number): readonly FakeSocket[] {
    return Array.from({ length: count }, (_, place) => connect(guard, `192.0.2.${place}`))
  }

  it('counts who is connected, and who of them is a stranger', () => {
    const guard = guardOf()
    const [one, other] = [connect(guard), connect(guard)]
    guard.vouch(one)
    expect({ open: guard.open, strangers: guard.strangers }).to.deep.equal({ open: 2, strangers: 1 })
    one.leave()
    other.leave()
    expect({ open: guard.open, strangers: guard.strangers }).to.deep.equal({ open: 0, strangers: 0 })
  })

  it('lets nobody in who is gone already', () => {
    const gone = { bytesRead: 0, once: () => gone, destroy: () => gone } as unknown as GuardedSocket
    expect(guardOf().admit(gone)).to.equal(false)
  })

  describe('when there is no room', () => {
    it('closes the stranger who has been there longest', () => {
      const guard = guardOf(3)
      const [known, oldest, newest] = connectMany(guard, 3)
      if (known) guard.vouch(known)
      const late = connect(guard)
      expect([known, oldest, newest, late].map((socket) => socket?.closed)).to.deep.equal([
        false,
        true,
        false,
        false,
      ])
      expect(closings).to.deep.equal(['MADE_ROOM'])
    })

    it('lets nobody in when none is a stranger', () => {
      const guard = guardOf(2)
      for (const socket of connectMany(guard, 2)) guard.vouch(socket)
      expect(connect(guard).closed).to.equal(true)
      expect({ open: guard.open, closings }).to.deep.equal({ open: 2, closings: ['FULL'] })
    })

    it('lets one address have no more than a quarter', () => {
      const guard = guardOf(8)
      for (let count = 0; count < 2; count++) guard.vouch(connect(guard))
      expect(connect(guard).closed).to.equal(true)
      expect(connect(guard, '192.0.2.2').closed).to.equal(false)
      expect(closings).to.deep.equal(['FULL'])
    })

    it('closes a stranger of the same address, when that has its quarter', () => {
      const guard = guardOf(8)
      const other = connect(guard, '192.0.2.2')
      const [first, second] = [connect(guard), connect(guard)]
      const third = connect(guard)
      expect([other, first, second, third].map(({ closed }) => closed)).to.deep.equal([
        false,
        true,
        false,
        false,
      ])
    })

    it('lets one address have all of them when it is told not to care', () => {
      const guard = guardOf(8, false)
      const all = Array.from({ length: 8 }, () => connect(guard))
      expect(all.some(({ closed }) => closed)).to.equal(false)
    })

    it('has room again when one has left', () => {
      const guard = guardOf(1)
      const first = connect(guard)
      guard.vouch(first)
      first.leave()
      expect(connect(guard).closed).to.equal(false)
    })
  })

  describe('of more strangers than are let be', () => {
    it('closes none before it has had its time', () => {
      const guard = guardOf()
      connectMany(guard, STRANGERS_MAX + 5)
      nowMs = GRACE_MS - 1
      guard.look()
      expect(closings).to.deep.equal([])
    })

    it('then closes those who have been there longest, and no more than that', () => {
      const guard = guardOf()
      const strangers = connectMany(guard, STRANGERS_MAX + 2)
      nowMs = GRACE_MS
      guard.look()
      expect(strangers.map(({ closed }) => closed)).to.deep.equal(strangers.map((_, place) => place < 2))
    })

    it('closes none that has shown a valid token', () => {
      const guard = guardOf()
      const strangers = connectMany(guard, STRANGERS_MAX + 2)
      for (const socket of strangers.slice(0, 2)) guard.vouch(socket)
      nowMs = GRACE_MS
      guard.look()
      expect(closings).to.deep.equal([])
    })
  })

  describe('of what strangers send', () => {
    it('counts a connection as 4 KiB, and with it what it sends up to that', () => {
      const guard = guardOf()
      for (let count = 0; count < BURST_BYTES / (4 * KIB); count++) connect(guard).bytesRead = 4 * KIB
      guard.look()
      expect(closings).to.deep.equal([])
      expect(connect(guard).closed).to.equal(true)
    })

    it('lets them send up to their budget', () => {
      const guard = guardOf()
      const socket = connect(guard)
      socket.bytesRead = BURST_BYTES - 1
      guard.look()
      expect(socket.closed).to.equal(false)
    })

    it('closes them when it is spent', () => {
      const guard = guardOf()
      const socket = connect(guard)
      socket.bytesRead = BURST_BYTES
      guard.look()
      expect({ closed: socket.closed, closings }).to.deep.equal({
        closed: true,
        closings: ['FLOOD'],
      })
    })

    it('counts every byte once', () => {
      const guard = guardOf()
      const socket = connect(guard)
      socket.bytesRead = BURST_BYTES / 2
      guard.look()
      guard.look()
      guard.look()
      expect(socket.closed).to.equal(false)
    })

    it('counts a call without a token as 4 KiB more', () => {
      const guard = guardOf()
      const socket = connect(guard)
      for (let call = 0; call < BURST_BYTES / (4 * KIB) - 2; call++) guard.idleCall(socket)
      expect(socket.closed).to.equal(false)
      guard.idleCall(socket)
      expect(socket.closed).to.equal(true)
    })

    it('counts what all of one address send together', () => {
      const guard = guardOf()
      const strangers = [connect(guard), connect(guard), connect(guard), connect(guard)]
      for (const socket of strangers) socket.bytesRead = BURST_BYTES / 4
      guard.look()
      expect(strangers.every(({ closed }) => closed)).to.equal(true)
      expect(closings).to.deep.equal(['FLOOD', 'FLOOD', 'FLOOD', 'FLOOD'])
    })

    it('closes all of that address at once, and nobody else', () => {
      const guard = guardOf()
      const [flooding, silent, known] = [connect(guard), connect(guard), connect(guard)]
      const other = connect(guard, '192.0.2.2')
      guard.vouch(known)
      flooding.bytesRead = BURST_BYTES
      guard.look()
      expect([flooding, silent, known, other].map(({ closed }) => closed)).to.deep.equal([
        true,
        true,
        false,
        false,
      ])
    })

    it('counts what had come, but had not been looked at, when it is closed', () => {
      const guard = guardOf()
      const socket = connect(guard)
      const other = connect(guard)
      socket.bytesRead = 24 * KIB
      other.bytesRead = 14 * KIB
      while (!socket.closed) guard.idleCall(socket)
      expectOwed(guard, 30 * KIB)
    })

    it('counts calls that had come by then, and have their turn afterwards', () => {
      const guard = guardOf()
      const socket = connect(guard)
      while (!socket.closed) guard.idleCall(socket)
      for (let call = 0; call < 3; call++) guard.idleCall(socket)
      expectOwed(guard, 12 * KIB)
    })

    it('counts no calls of those that are gone', () => {
      const guard = guardOf()
      const socket = connect(guard)
      while (!socket.closed) guard.idleCall(socket)
      socket.leave()
      guard.idleCall(socket)
      nowMs += msFor(4 * KIB)
      expect(connect(guard).closed).to.equal(false)
    })

    it('counts what somebody sent who left before it was looked at', () => {
      const guard = guardOf()
      const socket = connect(guard)
      socket.bytesRead = BURST_BYTES
      socket.leave()
      expect(connect(guard).closed).to.equal(true)
      expect(closings).to.deep.equal(['FLOOD'])
    })

    it('says once of a connection that it was closed', () => {
      const guard = guardOf()
      const strangers = connectMany(guard, STRANGERS_MAX + 2)
      for (const socket of strangers.slice(0, 1)) socket.bytesRead = 2 * BURST_BYTES
      nowMs = GRACE_MS
      guard.look()
      expect(closings).to.deep.equal(['FLOOD', 'MADE_ROOM'])
    })

    it('counts other addresses for themselves', () => {
      const guard = guardOf()
      const [one, other] = [connect(guard), connect(guard, '192.0.2.2')]
      one.bytesRead = BURST_BYTES
      guard.look()
      expect([one.closed, other.closed]).to.deep.equal([true, false])
    })

    it('counts all addresses of an IPv6 network as one', () => {
      const guard = guardOf()
      connect(guard, '2001:db8::1').bytesRead = BURST_BYTES
      guard.look()
      expect(connect(guard, '2001:db8::2').closed).to.equal(true)
      expect(connect(guard, '2001:db8:0:1::1').closed).to.equal(false)
    })

    it('lets nobody of that address in until there is room in the budget', () => {
      const guard = guardOf()
      connect(guard).bytesRead = BURST_BYTES
      guard.look()
      expect(connect(guard).closed).to.equal(true)
      expect(connect(guard, '192.0.2.2').closed).to.equal(false)
      nowMs += msFor(4 * KIB)
      expect(connect(guard).closed).to.equal(false)
    })

    it('has what was sent above the budget paid back first', () => {
      const guard = guardOf()
      connect(guard).bytesRead = BURST_BYTES + 9 * KIB
      guard.look()
      expectOwed(guard, 9 * KIB)
    })

    it('has no more paid back than takes half a minute', () => {
      const guard = guardOf()
      connect(guard).bytesRead = 50 * BURST_BYTES
      guard.look()
      nowMs += msFor(DEBT_BYTES_MAX + 4 * KIB)
      expect(connect(guard).closed).to.equal(false)
    })

    it('takes nothing from the budget for those who are not let in', () => {
      const guard = guardOf()
      connect(guard).bytesRead = BURST_BYTES
      guard.look()
      for (let attempt = 0; attempt < 4; attempt++) {
        nowMs += msFor(KIB) - 1
        connect(guard)
      }
      nowMs += 4
      expect(connect(guard).closed).to.equal(false)
    })

    it('gives back what was counted of those who then show a valid token', () => {
      const guard = guardOf()
      const first = connect(guard)
      first.bytesRead = BURST_BYTES - 2 * KIB
      guard.look()
      guard.vouch(first)
      const second = connect(guard)
      second.bytesRead = BURST_BYTES - 1
      guard.look()
      expect(second.closed).to.equal(false)
    })

    it('lets them do anything when it is told not to care', () => {
      const guard = guardOf(1_000, false)
      const socket = connect(guard)
      socket.bytesRead = 50 * BURST_BYTES
      for (let call = 0; call < 1_000; call++) guard.idleCall(socket)
      guard.look()
      expect(socket.closed).to.equal(false)
    })

    it('looks by itself', async () => {
      const guard = guardOf()
      const socket = connect(guard)
      socket.bytesRead = BURST_BYTES
      // What looks by itself keeps no process alive: here the test has to.
      while (!socket.closed) await new Promise((resolve) => setTimeout(resolve, 10))
      expect(closings).to.deep.equal(['FLOOD'])
    })
  })
  describe('of what is sent where a valid token was shown', () => {
    function known(guard: ConnectionGuard, address?: string): FakeSocket {
      const socket = connect(guard, address)
      guard.vouch(socket)
      return socket
    }

    it('counts nothing that messages account for', () => {
      const guard = guardOf()
      const socket = known(guard)
      for (let look = 0; look < 100; look++) {
        socket.bytesRead += BURST_BYTES
        guard.account(socket, BURST_BYTES)
        guard.look()
      }
      expect(socket.closed).to.equal(false)
    })

    it('counts what no message accounts for', () => {
      const guard = guardOf()
      const socket = known(guard)
      guard.account(socket, 10 * KIB)
      socket.bytesRead = BURST_BYTES + 5 * KIB
      guard.look()
      expect(socket.closed).to.equal(false)
      socket.bytesRead += 17 * KIB
      guard.look()
      expect({ closed: socket.closed, closings }).to.deep.equal({ closed: true, closings: ['FLOOD'] })
    })

    it('spares a little of what messages account for, for bytes that come later', () => {
      const guard = guardOf()
      const socket = known(guard)
      guard.account(socket, 50 * BURST_BYTES)
      guard.look()
      socket.bytesRead = BURST_BYTES + 63 * KIB
      guard.look()
      expect(socket.closed).to.equal(false)
      socket.bytesRead += 18 * KIB
      guard.look()
      expect(socket.closed).to.equal(true)
    })

    it('closes nobody for what others of the address have sent', () => {
      const guard = guardOf()
      const [flooding, quiet] = [known(guard), known(guard)]
      flooding.bytesRead = 2 * BURST_BYTES
      quiet.bytesRead = 15 * KIB
      guard.look()
      expect([flooding.closed, quiet.closed]).to.deep.equal([true, false])
    })

    it('closes who makes calls that are none', () => {
      const guard = guardOf()
      const socket = known(guard)
      for (let call = 0; call < BURST_BYTES / (4 * KIB) - 1; call++) guard.idleCall(socket)
      expect(socket.closed).to.equal(false)
      guard.idleCall(socket)
      expect(socket.closed).to.equal(true)
    })
  })

  describe('of those from whom nothing comes', () => {
    it('reads on, once a second, for as long as they are silent', () => {
      const guard = guardOf()
      const socket = connect(guard)
      for (const [sinceMs, readings] of [
        [SILENCE_MS - 1, 0],
        [SILENCE_MS, 1],
        [2 * SILENCE_MS - 1, 1],
        [2 * SILENCE_MS, 2],
      ] as const) {
        nowMs = sinceMs
        guard.look()
        expect(socket.readings).to.equal(readings)
      }
    })

    it('counts from when something came', () => {
      const guard = guardOf()
      const socket = connect(guard)
      nowMs = SILENCE_MS - 1
      socket.bytesRead = 1
      guard.look()
      nowMs = SILENCE_MS
      guard.look()
      expect(socket.readings).to.equal(0)
    })
  })
})
