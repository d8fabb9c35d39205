import { expect } from 'chai'
import { BoundedRecencyMap } from '../../../../src/application/engine/bounded-recency-map.js'

describe('a map with a limit on the weight of its values', () => {
  let evicted: string[]
  let map: BoundedRecencyMap<string, number>

  beforeEach(() => {
    evicted = []
    map = new BoundedRecencyMap({
      weightMax: 10,
      weightOf: (value) => value,
      onEvicted: (key, value) => evicted.push(`${key} ${value}`),
    })
  })

  it('keeps copies up to the weight limit', () => {
    map.set('a', 4)
    map.set('b', 6)
    expect([map.get('a'), map.get('b')]).to.deep.equal([4, 6])
    expect(evicted).to.deep.equal([])
  })

  it('evicts the values set longest ago, until the weight is within the limit', () => {
    map.set('a', 4)
    map.set('b', 4)
    map.set('c', 2)
    map.set('d', 5)
    expect(evicted).to.deep.equal(['a 4', 'b 4'])
    expect([map.get('a'), map.get('b'), map.get('c'), map.get('d')]).to.deep.equal([
      undefined,
      undefined,
      2,
      5,
    ])
  })

  it('evicts a key that was set again later than one that was not', () => {
    map.set('a', 4)
    map.set('b', 4)
    map.set('a', 5)
    map.set('c', 4)
    expect(evicted).to.deep.equal(['b 4'])
  })

  it('evicts a copy at once when it alone exceeds the limit', () => {
    map.set('a', 11)
    expect(map.get('a')).to.equal(undefined)
    expect(evicted).to.deep.equal(['a 11'])
  })

  it('counts a replaced value once', () => {
    map.set('a', 9)
    map.set('a', 3)
    map.set('b', 7)
    expect(evicted).to.deep.equal([])
  })

  it('has room again after a deletion', () => {
    map.set('a', 9)
    map.delete('a')
    map.delete('a')
    map.delete('never set')
    map.set('b', 10)
    expect(map.get('a')).to.equal(undefined)
    expect(map.get('b')).to.equal(10)
    expect(evicted).to.deep.equal([])
  })
})
