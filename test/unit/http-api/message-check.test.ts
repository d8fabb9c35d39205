import { expect } from 'chai'
import fc from 'fast-check'
import { checkMessages, jsonFault } from '../../../src/http-api/message-check.js'

const BYTES_MAX = 100

type Passed = { readonly bytes: Buffer; readonly checked: readonly string[]; readonly error?: string }

/** Passes chunks through the check, which finds the word "bad". */
async function pass(chunks: readonly Uint8Array[], isPrefixed: boolean): Promise<Passed> {
  const checked: string[] = []
  const passed: Uint8Array[] = []
  async function* body() {
    yield* chunks
  }
  const messages = checkMessages({
    body: body(),
    isPrefixed,
    bytesMax: BYTES_MAX,
    check: (bytes) => {
      const text = Buffer.from(bytes).toString()
      checked.push(text)
      return text === 'bad' ? 'it is bad' : undefined
    },
    errorOf: (fault) => new Error(fault),
  })
  try {
    for await (const chunk of messages) passed.push(chunk)
    return { bytes: Buffer.concat(passed), checked }
  } catch (error) {
    return { bytes: Buffer.concat(passed), checked, error: String(error) }
  }
}

function prefixed(text: string): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(Buffer.byteLength(text), 1)
  return Buffer.concat([prefix, Buffer.from(text)])
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

describe('the message check', () => {
  it('checks each message of a stream, and passes the same bytes on, however they are split', async () => {
    const texts = fc.array(fc.string({ maxLength: 20 }).filter((text) => text !== 'bad'))
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat()), async (words, places) => {
        const bytes = Buffer.concat(words.map(prefixed))
        expect(await pass(cut(bytes, places), true)).to.deep.equal({ bytes, checked: words })
      }),
    )
  })

  it('passes the messages before a bad one on, and nothing of the bad one', async () => {
    const bytes = Buffer.concat(['a', 'bad', 'b'].map(prefixed))
    expect(await pass([bytes], true)).to.deep.equal({
      bytes: prefixed('a'),
      checked: ['a', 'bad'],
      error: 'Error: it is bad',
    })
  })

  it('checks a message that is the whole body', async () => {
    const chunks = [Buffer.from('b'), Buffer.from('ad')]
    expect(await pass(chunks, false)).to.include({ error: 'Error: it is bad' })
    expect((await pass([Buffer.from('good')], false)).bytes.toString()).to.equal('good')
  })

  it('leaves an oversized or truncated message to the decoder, and reads no further', async () => {
    const large = Buffer.alloc(BYTES_MAX + 6, 1)
    const passed = await pass([large, Buffer.from('never read')], false)
    expect(passed).to.deep.equal({ bytes: large, checked: [] })
    const cutOff = prefixed('half of it').subarray(0, 9)
    expect(await pass([cutOff], true)).to.deep.equal({ bytes: cutOff, checked: [] })
  })

  it('finds JSON that is not UTF-8', () => {
    expect(jsonFault(Buffer.from('"é"'))).to.equal(undefined)
    expect(jsonFault(Buffer.from('"é"', 'latin1'))).to.equal('the JSON is not valid UTF-8')
  })
})
