import { expect } from 'chai'
import { LeastRecentlySetMap } from '../../../../src/application/engine/least-recently-set-map.js'

describe('a map ordered by the time of setting', () => {
  let map: LeastRecentlySetMap<string, number>

  beforeEach(() => {
    map = new LeastRecentlySetMap()
  })

  it('returns the value that was set last', () => {
    map.set('a', 1)
    map.set('a', 2)
    expect(map.get('a')).to.equal(2)
    expect(map.size).to.equal(1)
  })

  it('returns nothing for a key that was deleted or never set', () => {
    map.set('a', 1)
    map.delete('a')
    expect(map.get('a')).to.equal(undefined)
    expect(map.get('b')).to.equal(undefined)
    expect(map.size).to.equal(0)
  })

  it('has no oldest key while it is empty', () => {
    expect(() => map.evict()).to.throw(RangeError, 'an empty map has no oldest key')
    setAll('a')
    map.delete('a')
    expect(() => map.evict()).to.throw(RangeError)
    setAll('b')
    expect(map.evict()).to.deep.equal(['b', 1])
  })

  it('deletes the keys in the order in which they were set, each once', () => {
    setAll('a', 'b', 'c')
    expect(oldestFirst()).to.deep.equal(['a', 'b', 'c'])
  })

  it('treats a key that is set again as the latest', () => {
    setAll('a', 'b', 'c', 'a')
    expect(oldestFirst()).to.deep.equal(['b', 'c', 'a'])
  })

  it('skips keys that were deleted meanwhile', () => {
    setAll('a', 'b', 'c')
    map.evict()
    map.delete('b')
    expect(oldestFirst()).to.deep.equal(['c'])
  })

  it('returns the value with the key', () => {
    map.set('a', 1)
    expect(map.evict()).to.deep.equal(['a', 1])
    expect(map.size).to.equal(0)
  })

  it('finds a key that is set after the map was empty', () => {
    setAll('a')
    expect(oldestFirst()).to.deep.equal(['a'])
    setAll('b', 'c')
    expect(oldestFirst()).to.deep.equal(['b', 'c'])
  })

  it('behaves like a list with a linear search', () => {
    const list: string[] = []
    for (let step = 0; step < 20_000; step++) {
      const key = String((step * 7_919) % 613)
      if (step % 3 === 2) {
        expect(map.evict()[0]).to.equal(list.shift())
        continue
      }
      const place = list.indexOf(key)
      if (place >= 0) list.splice(place, 1)
      if (step % 17 === 0) {
        map.delete(key)
        continue
      }
      list.push(key)
      map.set(key, step)
    }
    expect(map.size).to.equal(list.length)
    expect(oldestFirst()).to.deep.equal(list)
  })

  function setAll(...keys: readonly string[]): void {
    for (const key of keys) map.set(key, 1)
  }

  /** Deletes them all. */
  function oldestFirst(): readonly string[] {
    const keys: string[] = []
    while (map.size > 0) keys.push(map.evict()[0])
    return keys
  }
})
