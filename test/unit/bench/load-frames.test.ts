import { expect } from 'chai'
import fc from 'fast-check'
import { FrameWriter } from '../../../bench/h2/frame-writer.js'
import { contentOf, Flag, type Frame, FrameReader } from '../../../bench/h2/frames.js'
import { framedMessage, MessageReader } from '../../../bench/h2/grpc-messages.js'

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    streamId: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 20 },
)

/** The bytes in chunks of that size, all in the same memory, as a socket delivers them. */
function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  const memory = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    const copied = bytes.copy(memory, 0, at, at + size)
    yield memory.subarray(0, copied)
    memory.fill(0xee)
  }
}

async function written(all: readonly Frame[]): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = []
  const writer = new FrameWriter((bytes) => chunks.push(bytes))
  for (const frame of all) writer.frame(frame, frame.payload)
  await new Promise((resolve) => setImmediate(resolve))
  return chunks
}

describe('the frames of the load generator', () => {
  it('are read as they were written, however they are split', async () => {
    const size = fc.integer({ min: 1, max: 400 })
    await fc.assert(
      fc.asyncProperty(frames, size, async (all, pieceSize) => {
        const read: Frame[] = []
        const reader = new FrameReader((frame) =>
          read.push({ ...frame, payload: Buffer.from(frame.payload) }),
        )
        for (const piece of pieces(Buffer.concat(await written(all)), pieceSize)) reader.push(piece)
        expect(read).to.deep.equal(all)
      }),
    )
  })

  it('of one turn are written together', async () => {
    const ping = { type: 6, flags: 0, streamId: 0, payload: Buffer.alloc(8) }
    expect(await written([ping, ping, ping])).to.have.length(1)
  })

  it('are written completely when they fill the buffer', async () => {
    const large = { type: 0, flags: 0, streamId: 1, payload: Buffer.alloc(16_384, 7) }
    const chunks = await written(Array.from({ length: 9 }, () => large))
    expect(Buffer.concat(chunks)).to.have.length(9 * (9 + 16_384))
  })

  it('are rejected when they exceed the agreed size', () => {
    const reader = new FrameReader(() => {})
    expect(() => reader.push(Buffer.from('004001000000000001', 'hex'))).to.throw('16385 bytes')
  })

  it('carry their content between padding', () => {
    const payload = Buffer.from('02' + '0000000010' + 'abcd' + '0000', 'hex')
    const flags = Flag.PADDED | Flag.PRIORITY
    expect(contentOf({ type: 1, flags, streamId: 1, payload }).toString('hex')).to.equal('abcd')
    const onlyPadding = Buffer.from('0900', 'hex')
    expect(() => contentOf({ type: 0, flags: Flag.PADDED, streamId: 1, payload: onlyPadding })).to.throw(
      'padding',
    )
  })
})

describe('the messages of the load generator', () => {
  it('are read as they were framed, however they are split', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 })
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 120 }), (all, pieceSize) => {
        const read: number[][] = []
        const reader = new MessageReader()
        const listener = { message: (message: Buffer) => read.push([...message]) }
        for (const piece of pieces(Buffer.concat(all.map(framedMessage)), pieceSize))
          reader.push(piece, listener)
        expect(read).to.deep.equal(all.map((message) => [...message]))
        expect(reader.isWhole).to.equal(true)
      }),
    )
  })

  it('are rejected when they are compressed, or too large', () => {
    const push = (hexadecimal: string) => () =>
      new MessageReader().push(Buffer.from(hexadecimal, 'hex'), { message: () => {} })
    expect(push('0100000000')).to.throw('compressed')
    expect(push('00ffffffff')).to.throw('too large')
  })
})
