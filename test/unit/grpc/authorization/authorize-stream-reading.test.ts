import { expect } from 'chai'
import { soon } from '../../application/soon.js'
import {
  aWhile,
  handDecidedStreams,
  request,
  requests,
  untilAnswered,
  WINDOW,
} from './hand-decided-streams.js'

describe('authorize stream', () => {
  const { clock, pending, taken, open, decide, pendingOf, untilTaken } = handDecidedStreams()

  describe('reads', () => {
    it('no more than its window while nothing is decided', async () => {
      const stream = open()
      stream.send(...requests(100))
      await untilTaken(WINDOW)
      await aWhile()
      expect(taken.length).to.equal(WINDOW)
    })

    it('one more for each answer', async () => {
      const stream = open()
      stream.send(...requests(100))
      await untilTaken(WINDOW)
      decide('t3')
      await untilTaken(WINDOW + 1)
      await aWhile()
      expect(taken.length).to.equal(WINDOW + 1)
    })

    it('all of a long stream, one window at a time', async () => {
      const stream = open()
      stream.send(...requests(100))
      for (let place = 0; place < 100; place++) {
        await soon(`t${place} is being decided`, () => pending.has(`t${place}`))
        decide(`t${place}`)
      }
      await untilAnswered(stream, 100)
    })

    it('no more than its window while the caller takes no answer', async () => {
      const stream = open()
      stream.block()
      stream.send(...requests(100))
      await untilTaken(WINDOW)
      decide(...pending.keys())
      await aWhile()
      expect({ taken: taken.length, answers: stream.answers.length }).to.deep.equal({
        taken: WINDOW,
        answers: 0,
      })
    })

    it('all withheld requests when the caller reads several answers at once', async () => {
      const stream = open()
      stream.block()
      stream.send(...requests(2 * WINDOW))
      await untilTaken(WINDOW)
      decide(...pending.keys())
      // The first goes alone. The others wait for it, and go together.
      await soon('one is offered', () => stream.offered === 1)
      stream.unblock()
      stream.block()
      await soon('the others are offered', () => stream.offered === WINDOW)
      stream.unblock()
      await untilTaken(2 * WINDOW)
      await untilAnswered(stream, WINDOW)
    })

    it('more when the caller reads its answers', async () => {
      const stream = open()
      stream.block()
      stream.send(...requests(2 * WINDOW))
      await untilTaken(WINDOW)
      decide(...pending.keys())
      stream.unblock()
      await untilTaken(2 * WINDOW)
    })
  })

  describe('gives each request', () => {
    it('the time for one decision, from when it is read', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      clock.advance(500)
      stream.send(request('t1'))
      await untilTaken(2)
      clock.advance(100)
      expect(['t0', 't1'].map((id) => pendingOf(id).budget.remainingMs())).to.deep.equal([1_400, 1_900])
    })

    it('no more than the remaining time of the stream', async () => {
      const stream = open({ endsAtMs: 1_000 })
      clock.advance(900)
      stream.send(request('t0'))
      await untilTaken(1)
      expect(pendingOf('t0').budget.remainingMs()).to.equal(100)
    })

    it('no time once the caller has left', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      stream.cancel()
      expect(pendingOf('t0').budget.remainingMs()).to.equal(0)
    })
  })
})
