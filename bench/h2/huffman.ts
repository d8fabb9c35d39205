/**
 * Length of the code of every byte in RFC 7541, appendix B, in bits; the last one is the end of a string. The code is canonical, so
 * the lengths say it all: shorter codes come first, and among codes of one length the lower byte does.
 */
const CODE_LENGTHS = [
  [13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28],
  [28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6],
  [6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8],
  [7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7],
  [7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23],
  [24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22],
  [23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25],
  [26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24],
  [20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27],
  [27, 27, 27, 26, 30],
].flat()

const END_OF_STRING = 256
const LENGTH_MAX = 30
/** Bits that a string may end with to fill its last byte; all of them are ones. */
const PADDING_MAX = 7

/** Codes of one length: numbers in a row, the first of which stands for `symbols[0]`. */
type Codes = { readonly first: number; readonly symbols: readonly number[] }

const codesByLength = canonicalCodes()

/** The text behind a string of the Huffman code; throws when it is not one. */
export function huffmanDecoded(bytes: Uint8Array): string {
  const decoded: number[] = []
  let code = 0
  let length = 0
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1)
      length++
      const symbol = symbolOf(code, length)
      if (symbol === undefined) continue
      if (symbol === END_OF_STRING) throw new Error('a Huffman string holds its own end')
      decoded.push(symbol)
      code = 0
      length = 0
    }
  }
  const isPadding = length <= PADDING_MAX && code === (1 << length) - 1
  if (!isPadding) throw new Error('a Huffman string ends within a code')
  return Buffer.from(decoded).toString('latin1')
}

function symbolOf(code: number, length: number): number | undefined {
  const codes = codesByLength[length]
  if (codes === undefined) throw new Error('no Huffman code is as long')
  return codes.symbols[code - codes.first]
}

function canonicalCodes(): readonly Codes[] {
  const byLength: Codes[] = []
  let next = 0
  for (let length = 0; length <= LENGTH_MAX; length++) {
    const symbols = CODE_LENGTHS.flatMap((of, symbol) => (of === length ? [symbol] : []))
    byLength.push({ first: next, symbols })
    next = (next + symbols.length) << 1
  }
  return byLength
}
