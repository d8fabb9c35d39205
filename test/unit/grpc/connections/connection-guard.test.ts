import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import {
  CALLS_PER_TURN,
  type Closing,
  ConnectionGuard,
  GRACE_MS,
  type GuardedSession,
  type GuardedSocket,
  UNAUTHENTICATED_CALLS_PER_TURN,
} from '../../../../src/grpc/connections/connection-guard.js'

/** A connection with a session, which records what happens to them. */
class FakeConnection extends EventEmitter {
  readonly remoteAddress = '192.0.2.1'
  readonly remotePort: number
  bytesRead = 0
  /** Whether and how it was closed. */
  end: 'CUT' | 'GOAWAY' | undefined
  /** Number of calls of read. */
  readings = 0
  readonly _handle = {
    readStart: () => {
      this.readings += 1
    },
  }
  readonly session = Object.assign(new EventEmitter(), {
    socket: this,
    destroyed: false,
    close: () => {
      this.end = 'GOAWAY'
    },
  })

  constructor(remotePort: number) {
    super()
    this.remotePort = remotePort
  }

  /** As in Node.js, the effects come later. */
  destroy(): void {
    this.end ??= 'CUT'
  }

  leave(): void {
    this.emit('close')
  }

  /** Begins a call, and returns the function that ends it. */
  call(): () => void {
    const stream = new EventEmitter()
    this.session.emit('stream', stream)
    return () => stream.emit('close')
  }
}

describe('connection guard', () => {
  let nowMs: number
  let closings: Closing[]
  let connections: FakeConnection[]

  beforeEach(() => {
    nowMs = 0
    closings = []
    connections = []
  })

  afterEach(() => {
    for (const connection of connections) connection.leave()
  })

  function guardOf(connectionsMax = 1_000): ConnectionGuard {
    return new ConnectionGuard({
      connectionsMax,
      monotonicMs: () => nowMs,
      onClosing: (closing) => closings.push(closing),
    })
  }

  /** The properties used here have the same types as those of a socket and a session. */
  function silent(guard: ConnectionGuard): FakeConnection {
    const connection = new FakeConnection(connections.length + 1)
    connections.push(connection)
    guard.admit(connection as unknown as GuardedSocket)
    return connection
  }

  function connect(guard: ConnectionGuard): FakeConnection {
    const connection = silent(guard)
    if (connection.end === undefined) guard.opened(connection.session as unknown as GuardedSession)
    return connection
  }

  function authenticated(guard: ConnectionGuard): FakeConnection {
    const connection = connect(guard)
    const end = connection.call()
    guard.markAuthenticated(connection)
    end()
    return connection
  }

  const ended = (...of: readonly FakeConnection[]) => of.map(({ end }) => end !== undefined)

  it('counts connections, and unauthenticated ones', () => {
    const guard = guardOf()
    const [one, other] = [authenticated(guard), connect(guard)]
    expect([guard.open, guard.unauthenticated]).to.deep.equal([2, 1])
    one.leave()
    other.leave()
    expect([guard.open, guard.unauthenticated]).to.deep.equal([0, 0])
  })

  it('accepts no connection that is already closed', () => {
    const gone = { once: () => gone, destroy: () => gone } as unknown as GuardedSocket
    expect(guardOf().admit(gone)).to.equal(false)
  })

  it('lets a connection start more calls in a turn once a call on it has presented a valid token', () => {
    const guard = guardOf()
    const connection = silent(guard)
    const perTurn = guard.opened(connection.session as unknown as GuardedSession)
    expect(perTurn()).to.equal(UNAUTHENTICATED_CALLS_PER_TURN)
    guard.markAuthenticated(connection)
    expect(perTurn()).to.equal(CALLS_PER_TURN)
  })

  it('closes no connection while there is room', () => {
    const guard = guardOf(300)
    const all = Array.from({ length: 300 }, () => connect(guard))
    nowMs = 100 * GRACE_MS
    guard.sweep()
    expect(ended(...all)).not.to.include(true)
  })

  describe('when the server is full', () => {
    it('closes the unauthenticated connection that has been idle longest', () => {
      const guard = guardOf(4)
      const [known, first, second] = [authenticated(guard), connect(guard), connect(guard)]
      const third = connect(guard)
      // The connection has since had a call.
      first.call()()
      nowMs = GRACE_MS
      const late = connect(guard)
      expect(ended(known, first, second, third, late)).to.deep.equal([false, false, true, false, false])
      expect(closings).to.deep.equal(['MADE_ROOM'])
    })

    it('closes the authenticated connection that has been idle longest, rather than a new one', () => {
      const guard = guardOf(4)
      const [first, second, third] = [authenticated(guard), authenticated(guard), authenticated(guard)]
      first.call()()
      const newcomer = connect(guard)
      nowMs = GRACE_MS - 1
      connect(guard)
      expect(ended(first, second, third, newcomer)).to.deep.equal([false, true, false, false])
    })

    it('closes a new connection when these are more than a quarter', () => {
      const guard = guardOf(4)
      const known = [authenticated(guard), authenticated(guard)]
      const [first, second] = [connect(guard), connect(guard)]
      const third = connect(guard)
      expect(ended(...known, first, second, third)).to.deep.equal([false, false, true, false, false])
    })

    it('closes an unauthenticated connection with a call when none is idle', () => {
      const guard = guardOf(2)
      const [known, watching] = [authenticated(guard), connect(guard)]
      known.call()
      watching.call()
      connect(guard)
      expect(ended(known, watching)).to.deep.equal([false, true])
    })

    it('rejects the new connection when all are authenticated and busy', () => {
      const guard = guardOf(2)
      for (const known of [authenticated(guard), authenticated(guard)]) known.call()
      expect(connect(guard).end).to.equal('CUT')
      expect([guard.open, closings]).to.deep.equal([2, ['FULL']])
    })

    it('treats a connection as busy until its last call has ended', () => {
      const guard = guardOf(1)
      const known = authenticated(guard)
      const ends = [known.call(), known.call()]
      ends[0]?.()
      connect(guard)
      expect(known.end).to.equal(undefined)
      ends[1]?.()
      connect(guard)
      expect(known.end).to.equal('GOAWAY')
    })

    it('closes a connection that has sent nothing', () => {
      const guard = guardOf(1)
      const first = silent(guard)
      connect(guard)
      expect(first.end).to.equal('CUT')
    })

    it('has room again when a connection has closed', () => {
      const guard = guardOf(1)
      const first = authenticated(guard)
      first.call()
      first.leave()
      expect(connect(guard).end).to.equal(undefined)
    })

    it('stops counting calls of a connection that it has closed', () => {
      const guard = guardOf(1)
      const first = authenticated(guard)
      connect(guard)
      first.call()()
      expect([guard.open, guard.unauthenticated]).to.deep.equal([1, 1])
    })
  })

  it('keeps reading a silent connection, to notice that its client has left', () => {
    const guard = guardOf()
    const [speaking, silentOne] = [connect(guard), connect(guard)]
    speaking.bytesRead = 10
    guard.sweep()
    expect([speaking.readings, silentOne.readings]).to.deep.equal([0, 1])
    guard.sweep()
    expect([speaking.readings, silentOne.readings]).to.deep.equal([1, 2])
  })
})
