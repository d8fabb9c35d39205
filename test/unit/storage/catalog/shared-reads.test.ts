import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { SharedReads } from '../../../../src/storage/catalog/shared-reads.js'

describe('shared reads', () => {
  let begun: { readonly resolve: (value: string) => void; readonly reject: (error: Error) => void }[]
  let reads: SharedReads<string>

  beforeEach(() => {
    begun = []
    reads = new SharedReads(() => new Promise((resolve, reject) => begun.push({ resolve, reject })))
  })

  it('give a caller during a read the next one, which starts after its call', async () => {
    const first = reads.read()
    const [second, third] = [reads.read(), reads.read()]
    expect(begun).to.have.length(1)
    begun[0]?.resolve('before')
    expect(await first).to.equal('before')
    await nextTurn()
    expect(begun).to.have.length(2)
    begun[1]?.resolve('after')
    expect(await Promise.all([second, third])).to.deep.equal(['after', 'after'])
  })

  it('continue after a failed one, which fails for all that share it', async () => {
    const outcomes = [reads.read(), reads.read(), reads.read()].map((read) =>
      read.catch((error: Error) => error.message),
    )
    begun[0]?.reject(new Error('first'))
    expect(await outcomes[0]).to.equal('first')
    await nextTurn()
    begun[1]?.reject(new Error('second'))
    expect(await Promise.all(outcomes)).to.deep.equal(['first', 'second', 'second'])
    await nextTurn()
    const last = reads.read()
    expect(begun).to.have.length(3)
    begun[2]?.resolve('third')
    expect(await last).to.equal('third')
  })

  it('start at once when no read is in progress', async () => {
    for (const value of ['one', 'two', 'three']) {
      const read = reads.read()
      begun.at(-1)?.resolve(value)
      expect(await read).to.equal(value)
      await nextTurn()
    }
    expect(begun).to.have.length(3)
  })
})
