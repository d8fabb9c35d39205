import { expect } from 'chai'
import fc from 'fast-check'
import { decodedHeaders, encodedHeaders } from '../../../bench/h2/hpack.js'
import { huffmanDecoded } from '../../../bench/h2/huffman.js'

/** Bytes written as in the appendix of RFC 7541: groups of hexadecimal digits. */
function bytes(hexadecimal: string): Buffer {
  return Buffer.from(hexadecimal.replaceAll(' ', ''), 'hex')
}

/** The bytes 0 to 255 in Huffman code, as the Python package hpack writes them. */
const everyByteEncoded = [
  'ffc7fffd8fffffe2fffffe3fffffe4fffffe5fffffe6fffffe7fffffe8ffffeafffffff3fffffa7fffffabffffffdfff',
  'ffebfffffecfffffedfffffeefffffefffffff0ffffff1ffffff2fffffffbfffffcffffffd3fffffd7fffffdbfffffdf',
  'fffffe3fffffe7fffffebfffffed4fe3f9ffaffcabf1febfafefe7fdfd2cbb00089969b71d79fb9f7fff20ffbff3ff50',
  'ddbd7f061c58f265cd9f469d5af66dddbf871e5f9cff7ff7fffc3ff9ffe45fff4719242cb34e6e9d68a6a3d7dac426de',
  'fe3cfaf7fffbfe7ffbffdffffffcfffe6ffff4bfff9ffffa3fffd3ffff53fffd5ffffb3fffeb7fffdaffffb7ffff73ff',
  'feeffffdeffffebffffbfffffd9ffffdbfffebffffe0ffffeeffffc3ffff8bffff1ffffe4fffee7fffb1ffff97fffd9f',
  'fffcdffff9fffffbffffdafffeeffff4ffffb7fffee7fffe8ffffd3fffdeffffd5fffeeffffbdffffe1fffdfffff7fff',
  'ff5ffffecffff07fff87fffe0ffff17fffedffff87ffff77fffeffffeaffff8bfffe3ffff93ffff87fffcbffff37ffff',
  '1fffff83ffffe1fffebfffe3ffff3fffff2ffffa3ffffd9fffff17ffffc7fffff27ffffdefffffbffffff2fffff8ffff',
  'fb7fff97fff8fffffe6fffffc1fffff87ffffe7fffffc5ffffe5fffe4ffff2fffffd1fffff4ffffffefffffe3fffffc9',
  'fffff97fffb3ffffcffffb7fffcdffff4ffff9ffffd1ffffcffffeaffffafffffddffffeffffff4fffff5fffffabffff',
  'a7ffffd7fffff9bffffecfffffb7fffff3fffffe8fffffd3fffffabfffff5fffffff7ffffecfffffdbfffffbbfffff7f',
  'fffff0fffffbbf',
].join('')

describe('the HPACK of the load generator', () => {
  const vectors: readonly (readonly [appendix: string, block: string, headers: readonly string[]])[] = [
    [
      'C.2.1, a literal with indexing',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      ['custom-key: custom-header'],
    ],
    ['C.2.2, a literal without indexing', '040c 2f73 616d 706c 652f 7061 7468', [':path: /sample/path']],
    [
      'C.2.3, a literal that is never indexed',
      '1008 7061 7373 776f 7264 0673 6563 7265 74',
      ['password: secret'],
    ],
    ['C.2.4, an indexed header', '82', [':method: GET']],
    [
      'C.3.1, a request',
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
    ],
    [
      'C.4.1, a request in Huffman code',
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
    ],
    [
      'C.6.1, a response in Huffman code',
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      [
        ':status: 302',
        'cache-control: private',
        'date: Mon, 21 Oct 2013 20:13:21 GMT',
        'location: https://www.example.com',
      ],
    ],
  ]
  for (const [appendix, block, headers] of vectors) {
    it(`reads ${appendix}`, () => {
      expect(decodedHeaders(bytes(block)).map((header) => header.join(': '))).to.deep.equal(headers)
    })
  }

  it('reads its own output', () => {
    const text = fc.string({ maxLength: 300 }).map((any) => Buffer.from(any).toString('latin1'))
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 8 }), (headers) => {
        expect(decodedHeaders(encodedHeaders(headers))).to.deep.equal(headers)
      }),
    )
  })

  const rejected: readonly (readonly [what: string, block: string, message: string])[] = [
    ['a header of a dynamic table', 'be', 'no header 62'],
    ['header number 0', '80', 'no header 0'],
    ['a dynamic table', '3fe1 1f', 'dynamic table'],
    ['a number without an end', 'ff80 8080 8080', 'too large'],
    ['a block that ends within a number', '7f', 'ends within'],
    ['a string that is longer than the block', '0003 6162', 'longer than its block'],
    ['a string that holds its own end', '0084 ffff fffc 00', 'its own end'],
    ['a string that ends within a code', '0081 fe00', 'within a code'],
  ]
  for (const [what, block, message] of rejected) {
    it(`rejects ${what}`, () => {
      expect(() => decodedHeaders(bytes(block))).to.throw(message)
    })
  }

  it('accepts a dynamic table of size 0', () => {
    expect(decodedHeaders(bytes('20 82'))).to.deep.equal([[':method', 'GET']])
  })

  it('supports the code of every byte', () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')
    expect(huffmanDecoded(bytes(everyByteEncoded))).to.equal(everyByte)
  })
})
