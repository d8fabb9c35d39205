import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { TurnQueue } from '../../../../src/grpc/connections/turn-queue.js'

describe('turn queue', () => {
  /** The properties used here have the same types as those of a connection. */
  const connection = (name: string, destroyed = false) => ({ name, destroyed }) as unknown as Socket
  let begun: string[]
  const queueOf = () =>
    new TurnQueue((begins) => begun.push((begins as unknown as { readonly name: string }).name))

  beforeEach(() => {
    begun = []
  })

  it('starts one connection in each turn, in their order', async () => {
    const queue = queueOf()
    for (const name of ['a', 'b', 'c']) queue.add(connection(name))
    expect(begun).to.deep.equal([])
    await nextTurn()
    expect(begun).to.deep.equal(['a'])
    await nextTurn()
    await nextTurn()
    expect(begun).to.deep.equal(['a', 'b', 'c'])
  })

  it('skips connections that are closed by their turn', async () => {
    const queue = queueOf()
    queue.add(connection('gone', true))
    queue.add(connection('there'))
    await nextTurn()
    expect(begun).to.deep.equal(['there'])
  })

  it('continues after it has been empty', async () => {
    const queue = queueOf()
    queue.add(connection('gone', true))
    await nextTurn()
    queue.add(connection('late'))
    await nextTurn()
    expect(begun).to.deep.equal(['late'])
  })
})
