import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { measureLiveMemory } from '../../../../src/observability/metrics/live-memory.js'
import { MetricRegistry } from '../../../../src/observability/metrics/metric-registry.js'

const MEBIBYTE = 2 ** 20
/** The retained memory, and a smaller amount that is certainly visible, in MiB. */
const KEPT = 32
const SEEN = 24

setFlagsFromString('--expose-gc')
const collect: (options?: { type: 'minor' }) => void = runInNewContext('gc')

describe('the live memory', () => {
  let registry: MetricRegistry

  beforeEach(async () => {
    await collected()
    registry = new MetricRegistry()
    measureLiveMemory(registry)
  })

  it('is known from the start', async () => {
    expect(await mebibytesOf('heap')).to.be.above(1)
    expect(await mebibytesOf('external')).to.be.above(0)
  })

  for (const [what, make] of [
    ['heap', () => Array.from({ length: KEPT }, () => new Array<number>(MEBIBYTE / 8).fill(0.5))],
    ['external', () => Array.from({ length: KEPT }, () => Buffer.alloc(MEBIBYTE))],
  ] as const) {
    describe(`of the ${what}`, () => {
      it('is the memory after a major collection', async () => {
        const before = await mebibytesOf(what)
        const kept: unknown[] = make()
        await collected()
        expect(await mebibytesOf(what)).to.be.above(before + SEEN)
        kept.length = 0
        await collected()
        expect(await mebibytesOf(what)).to.be.below(before + KEPT - SEEN)
      })

      it('is not logged again before the next second', async () => {
        const before = await mebibytesOf(what)
        const kept: unknown[] = make()
        collect({ type: 'minor' })
        await delay(20)
        expect(await mebibytesOf(what)).to.be.below(before + KEPT - SEEN)
        expect(kept).to.have.lengthOf(KEPT)
      })
    })
  }

  async function mebibytesOf(what: 'heap' | 'external'): Promise<number> {
    const { text } = await registry.expose()
    const sample = new RegExp(`^benefits_${what}_used_after_gc_bytes (\\d+)$`, 'm').exec(text)
    return Number(sample?.[1]) / MEBIBYTE
  }
})

/** After a major collection and the next one, once the observers have run. */
async function collected(): Promise<void> {
  collect()
  await delay(20)
  collect({ type: 'minor' })
  await delay(20)
}
