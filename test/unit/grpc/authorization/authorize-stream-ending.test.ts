import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { soon } from '../../application/soon.js'
import { aWhile, handDecidedStreams, request, requests, untilEnded, WINDOW } from './hand-decided-streams.js'

describe('authorize stream', () => {
  const { draining, pending, taken, bugs, failed, open, decide, pendingOf, untilTaken } = handDecidedStreams()

  describe('ends', () => {
    it('with OK at half-close when it is empty', async () => {
      const stream = open()
      stream.halfClose()
      expect(await untilEnded(stream)).to.equal('OK')
    })

    it('with OK after half-close, once every request is answered', async () => {
      const stream = open()
      stream.send(...requests(2))
      stream.halfClose()
      await untilTaken(2)
      decide('t1')
      await aWhile()
      expect(stream.status).to.equal(undefined)
      decide('t0')
      expect(await untilEnded(stream)).to.equal('OK')
      expect(stream.answers.length).to.equal(2)
    })

    it('with OK after half-close even when the service stops meanwhile', async () => {
      const stream = open()
      stream.send(request('t0'))
      stream.halfClose()
      await untilTaken(1)
      await aWhile()
      draining.abort()
      decide('t0')
      expect(await untilEnded(stream)).to.equal('OK')
    })

    it('with UNAVAILABLE and RetryInfo when the service stops, after its answers', async () => {
      const stream = open()
      stream.send(...requests(2))
      await untilTaken(2)
      draining.abort()
      await aWhile()
      expect(stream.status).to.equal(undefined)
      decide('t0', 't1')
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect(stream.status).to.deep.include({ code: 'UNAVAILABLE', retryAfterMs: 200 })
      expect(stream.answers.length).to.equal(2)
    })

    it('without reading messages that arrive after the stop of the service', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      draining.abort()
      stream.send(request('t1'))
      await aWhile()
      expect({ taken, unread: stream.unread }).to.deep.equal({ taken: ['t0'], unread: 1 })
    })

    it('without reading messages that the window withheld when the service stopped', async () => {
      const stream = open()
      stream.send(...requests(2 * WINDOW))
      await untilTaken(WINDOW)
      draining.abort()
      decide(...pending.keys())
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect({ taken: taken.length, answers: stream.answers.length }).to.deep.equal({
        taken: WINDOW,
        answers: WINDOW,
      })
    })

    it('at once when the service is already stopping', async () => {
      draining.abort()
      const stream = open()
      stream.send(request('t0'))
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect(taken).to.deep.equal([])
    })

    it('with UNAVAILABLE and RetryInfo at its maximum age, after its answers', async () => {
      const stream = open({ ageMsMax: 20 })
      stream.send(request('t0'))
      await untilTaken(1)
      await soon('it reads no more', () => stream.isPaused())
      expect(stream.status).to.equal(undefined)
      decide('t0')
      expect(await untilEnded(stream)).to.equal('STREAM_ENDED')
      expect(stream.status).to.deep.include({ code: 'UNAVAILABLE', retryAfterMs: 200 })
    })

    it('with UNAUTHENTICATED when the token has expired, after its answers', async () => {
      const stream = open({ principal: { expiresAtMs: Date.now() + 500 } })
      stream.send(request('t0'))
      await untilTaken(1)
      await soon('it reads no more', () => stream.isPaused())
      expect(stream.status).to.equal(undefined)
      decide('t0')
      expect(await untilEnded(stream)).to.equal('UNAUTHENTICATED')
      expect(stream.answers.length).to.equal(1)
    })
  })

  describe('releases everything', () => {
    const listeners = () => getEventListeners(draining.signal, 'abort').length

    it('when the caller leaves', async () => {
      const stream = open()
      stream.send(request('t0'))
      await untilTaken(1)
      expect(listeners()).to.equal(1)
      stream.cancel()
      expect(listeners()).to.equal(0)
    })

    it('so that many streams may be open at once', async () => {
      const warnings: Error[] = []
      const note = (warning: Error) => warnings.push(warning)
      process.on('warning', note)
      for (let count = 0; count < 20; count++) open()
      await aWhile()
      process.off('warning', note)
      expect(warnings).to.deep.equal([])
    })

    it('when it has ended', async () => {
      const stream = open()
      stream.halfClose()
      await untilEnded(stream)
      expect(listeners()).to.equal(0)
    })

    it('and sends no answer when the caller has left', async () => {
      const stream = open()
      stream.send(...requests(2))
      await untilTaken(2)
      stream.cancel()
      decide('t0')
      pendingOf('t1').reject(new TypeError('a bug'))
      await aWhile()
      expect({ answers: stream.answers, bugs, failed, status: stream.status }).to.deep.equal({
        answers: [],
        bugs: [],
        failed: [],
        status: undefined,
      })
    })
  })
})
