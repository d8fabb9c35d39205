import { expect } from 'chai'
import { Readiness } from '../../../src/application/readiness.js'
import { soon } from './soon.js'

describe('readiness', () => {
  const down = new Error('the database does not answer')
  let prepare: () => Promise<void>
  let check: () => Promise<void>
  let prepared: number
  let checked: number
  let changes: boolean[]
  let failures: unknown[]
  let readiness: Readiness

  beforeEach(() => {
    prepare = async () => {}
    check = async () => {}
    prepared = 0
    checked = 0
    changes = []
    failures = []
    readiness = new Readiness({
      prepare: () => {
        prepared += 1
        return prepare()
      },
      check: () => {
        checked += 1
        return check()
      },
      intervalMs: 1,
      onChange: (ready) => changes.push(ready),
      onFailure: (error) => failures.push(error),
    })
  })

  afterEach(() => {
    readiness.stop()
  })

  it('is not ready before its first check', () => {
    expect(readiness.ready).to.equal(false)
  })

  it('is ready when preparation and check succeed', async () => {
    await readiness.start()
    expect(readiness.ready).to.equal(true)
  })

  it('is not ready while the check fails', async () => {
    check = fail
    await readiness.start()
    expect(readiness.ready).to.equal(false)
  })

  it('is not ready while preparation fails', async () => {
    prepare = fail
    await readiness.start()
    expect(readiness.ready).to.equal(false)
  })

  it('does not check after a failed preparation', async () => {
    prepare = fail
    await readiness.start()
    expect(checked).to.equal(0)
  })

  it('retries preparation until it succeeds', async () => {
    prepare = fail
    await readiness.start()
    prepare = async () => {}
    await soon('it is ready', () => readiness.ready)
  })

  it('checks at once on request, without waiting for the pause', async () => {
    const slow = new Readiness({
      prepare,
      check: async () => {
        checked += 1
      },
      intervalMs: 3_600_000,
      onChange: () => {},
      onFailure: () => {},
    })
    try {
      await slow.start()
      slow.checkSoon()
      await soon('it has checked again', () => checked === 2)
    } finally {
      slow.stop()
    }
  })

  it('checks again when a check is requested during a check', async () => {
    let finish = () => {}
    const slow = new Readiness({
      prepare,
      check: () => {
        checked += 1
        return new Promise((resolve) => {
          finish = resolve
        })
      },
      intervalMs: 3_600_000,
      onChange: () => {},
      onFailure: () => {},
    })
    try {
      void slow.start()
      await soon('it checks', () => checked === 1)
      slow.checkSoon()
      finish()
      await soon('it checks again', () => checked === 2)
    } finally {
      slow.stop()
      finish()
    }
  })

  it('prepares only once', async () => {
    await readiness.start()
    await soon('it has checked again', () => checked >= 3)
    expect(prepared).to.equal(1)
  })

  it('does not prepare again when only the check failed', async () => {
    check = fail
    await readiness.start()
    check = async () => {}
    await soon('it is ready', () => readiness.ready)
    expect(prepared).to.equal(1)
  })

  it('is no longer ready when a later check fails', async () => {
    await readiness.start()
    check = fail
    await soon('it is not ready', () => !readiness.ready)
  })

  it('is ready again when a check succeeds again', async () => {
    check = fail
    await readiness.start()
    check = async () => {}
    await soon('it is ready', () => readiness.ready)
  })

  it('reports each change, and nothing else', async () => {
    await readiness.start()
    await soon('it has checked again', () => checked >= 3)
    check = fail
    await soon('it is not ready', () => !readiness.ready)
    expect(changes).to.deep.equal([true, false])
  })

  it('reports at the first check when it is not ready', async () => {
    check = fail
    await readiness.start()
    expect(changes).to.deep.equal([false])
  })

  it('reports every failed check', async () => {
    check = fail
    await readiness.start()
    await soon('it has checked again', () => checked >= 3)
    expect(failures.slice(0, 2)).to.deep.equal([down, down])
  })

  it('reports no check that fails after the stop', async () => {
    let giveUp = () => {}
    check = () =>
      new Promise((_, reject) => {
        giveUp = () => reject(down)
      })
    const looking = readiness.start()
    await soon('it checks', () => checked === 1)
    readiness.stop()
    giveUp()
    await looking
    expect(failures).to.deep.equal([])
  })

  it('is not ready after the stop', async () => {
    await readiness.start()
    readiness.stop()
    expect(readiness.ready).to.equal(false)
  })

  it('stays not ready when a check in progress at the stop succeeds', async () => {
    let hold = () => {}
    check = () =>
      new Promise((resolve) => {
        hold = resolve
      })
    const looking = readiness.start()
    await soon('it checks', () => checked === 1)
    readiness.stop()
    hold()
    await looking
    expect({ ready: readiness.ready, changes }).to.deep.equal({ ready: false, changes: [] })
  })

  it('does not check after the stop', async () => {
    const looking = readiness.start()
    readiness.stop()
    await looking
    await anotherHasLookedAgain()
    expect(checked).to.equal(1)
  })

  /** Waits longer than the pause before a second check. */
  async function anotherHasLookedAgain(): Promise<void> {
    let looks = 0
    const other = new Readiness({
      prepare: async () => {},
      check: async () => {
        looks += 1
      },
      intervalMs: 1,
      onChange: () => {},
      onFailure: () => {},
    })
    await other.start()
    await soon('another one has looked twice more', () => looks >= 3)
    other.stop()
  }

  async function fail(): Promise<void> {
    throw down
  }
})
