import { expect } from 'chai'
import { MetricsPages } from '../../../src/http/metrics-page.js'

describe('metrics pages', () => {
  let made: number
  let pages: MetricsPages

  beforeEach(() => {
    made = 0
    pages = new MetricsPages(async () => {
      made += 1
      return { contentType: 'text/plain', text: `pages ${made}\n` }
    })
  })

  it('are shared by simultaneous requests', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => pages.page()))
    expect([made, new Set(asked).size]).to.deep.equal([1, 1])
  })

  it('are never older than the request', async () => {
    await pages.page()
    const waiting = Promise.all([pages.page(), pages.page()])
    expect(made).to.equal(1)
    expect((await waiting).map(({ text }) => text)).to.deep.equal(['pages 2\n', 'pages 2\n'])
  })

  it('are made at most once a second', async () => {
    const startedMs = performance.now()
    await pages.page()
    await pages.page()
    // Timers count from the beginning of the turn that set them.
    expect(performance.now() - startedMs).to.be.at.least(990)
  })

  it('are made again after a failure', async () => {
    let isBroken = true
    const broken = new MetricsPages(async () => {
      if (isBroken) throw new Error('no')
      return { contentType: 'text/plain', text: 'up 1' }
    })
    expect(await broken.page().catch(() => 'failed')).to.equal('failed')
    isBroken = false
    expect((await broken.page()).text).to.equal('up 1')
  })
})
