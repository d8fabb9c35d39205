import { EventEmitter } from 'node:events'
import { mock } from 'node:test'
import { expect } from 'chai'
import {
  PAGES_MAX,
  type PageCall,
  PageGate,
  UNTAKEN_MS_MAX,
  WAIT_MS_MAX,
  WAITING_ITEMS_MAX,
} from '../../../../src/grpc/pages/page-gate.js'

/** The longest page, in items. */
const LONG = 1_000

/** The parts of a call that the gate reads. */
class FakeCall extends EventEmitter implements PageCall {
  cancelled = false

  end(): void {
    this.cancelled = true
    this.emit('cancelled')
  }
}

describe('page gate', () => {
  let gate: PageGate
  let entered: number[]
  let rejected: string[]

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] })
    gate = new PageGate()
    entered = []
    rejected = []
  })
  afterEach(() => mock.timers.reset())

  /** Successive calls. */
  async function come(count: number, items = LONG): Promise<readonly FakeCall[]> {
    const calls = Array.from({ length: count }, () => new FakeCall())
    for (const [number, call] of calls.entries()) {
      gate.enter(call, items).then(
        () => entered.push(number),
        (error: Error & { kind: string }) => rejected.push(error.kind),
      )
    }
    await settled()
    return calls
  }

  async function leave(call: FakeCall | undefined): Promise<void> {
    call?.end()
    mock.timers.tick(0)
    await settled()
  }

  /** Lets all due events happen. */
  async function settled(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }

  it('admits a few calls at once', async () => {
    await come(PAGES_MAX + 3)
    expect(entered).to.deep.equal([0, 1, 2, 3])
  })

  it('admits the next calls, in order, as calls end', async () => {
    const calls = await come(PAGES_MAX + 3)
    await leave(calls[2])
    await leave(calls[0])
    expect(entered).to.deep.equal([0, 1, 2, 3, 4, 5])
  })

  it('has all slots again when all calls have ended', async () => {
    for (const call of await come(PAGES_MAX)) await leave(call)
    entered = []
    await come(PAGES_MAX)
    expect(entered).to.have.length(PAGES_MAX)
  })

  it('rejects a caller when too many wait', async () => {
    await come(PAGES_MAX + WAITING_ITEMS_MAX / LONG + 2)
    expect(rejected).to.deep.equal(['OVERLOADED', 'OVERLOADED'])
  })

  it('lets more calls wait when their pages are short', async () => {
    await come(PAGES_MAX + WAITING_ITEMS_MAX / 50 + 2, 50)
    expect(rejected).to.deep.equal(['OVERLOADED', 'OVERLOADED'])
  })

  it('has room in its queue again when calls have left it', async () => {
    const line = WAITING_ITEMS_MAX / LONG
    const calls = await come(PAGES_MAX + line)
    await leave(calls[0])
    await come(2)
    expect(rejected).to.have.length(1)
    mock.timers.tick(WAIT_MS_MAX)
    await settled()
    rejected = []
    await come(line + 1)
    expect(rejected).to.have.length(1)
  })

  it('rejects only callers that have waited too long', async () => {
    const calls = await come(PAGES_MAX + 2)
    mock.timers.tick(WAIT_MS_MAX - 1)
    await settled()
    expect(rejected).to.deep.equal([])
    await leave(calls[0])
    mock.timers.tick(1)
    await settled()
    expect({ entered, rejected }).to.deep.equal({ entered: [0, 1, 2, 3, 4], rejected: ['OVERLOADED'] })
  })

  it('lets a call wait as long as a decision may take, if that is longer', async () => {
    gate = new PageGate(undefined, 3 * WAIT_MS_MAX)
    const calls = await come(PAGES_MAX + 1)
    mock.timers.tick(WAIT_MS_MAX + 1)
    await settled()
    await leave(calls[0])
    expect({ entered, rejected }).to.deep.equal({ entered: [0, 1, 2, 3, 4], rejected: [] })
  })

  it('gives no slot to a caller that has left the queue', async () => {
    const calls = await come(PAGES_MAX + 1)
    mock.timers.tick(WAIT_MS_MAX)
    await settled()
    await leave(calls[0])
    entered = []
    await come(2)
    expect(entered).to.deep.equal([0])
  })

  it('gives no slot to a call that has ended while it waited', async () => {
    const calls = await come(PAGES_MAX + 2)
    calls[PAGES_MAX]?.end()
    await leave(calls[0])
    mock.timers.tick(0)
    await settled()
    expect(entered).to.deep.equal([0, 1, 2, 3, 4, 5])
  })

  it('frees its slots when no caller reads a page', async () => {
    await come(PAGES_MAX)
    mock.timers.tick(UNTAKEN_MS_MAX)
    mock.timers.tick(0)
    entered = []
    await come(PAGES_MAX + 1)
    expect(entered).to.have.length(PAGES_MAX)
  })

  it('frees one slot for each call, however it ends', async () => {
    const calls = await come(PAGES_MAX)
    mock.timers.tick(UNTAKEN_MS_MAX)
    mock.timers.tick(0)
    for (const call of calls) await leave(call)
    entered = []
    await come(PAGES_MAX + 1)
    expect(entered).to.have.length(PAGES_MAX)
  })
})
