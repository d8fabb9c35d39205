import { huffmanDecoded } from './huffman.js'

/** A header, or a trailer: its name in lower case, and its value as latin1. */
export type Header = readonly [name: string, value: string]

/**
 * The static table of RFC 7541, appendix A, from number 1 on. There is no other: with SETTINGS_HEADER_TABLE_SIZE = 0 no peer may
 * refer to a header that was sent before, so every block can be read, or left unread, by itself.
 */
const staticTable: readonly Header[] = [
  ...pairs([':authority', ':method GET', ':method POST', ':path /', ':path /index.html', ':scheme http']),
  ...pairs([':scheme https', ':status 200', ':status 204', ':status 206', ':status 304', ':status 400']),
  ...pairs([':status 404', ':status 500', 'accept-charset', 'accept-encoding gzip, deflate']),
  ...pairs(['accept-language', 'accept-ranges', 'accept', 'access-control-allow-origin', 'age', 'allow']),
  ...pairs(['authorization', 'cache-control', 'content-disposition', 'content-encoding', 'content-language']),
  ...pairs(['content-length', 'content-location', 'content-range', 'content-type', 'cookie', 'date']),
  ...pairs(['etag', 'expect', 'expires', 'from', 'host', 'if-match', 'if-modified-since', 'if-none-match']),
  ...pairs(['if-range', 'if-unmodified-since', 'last-modified', 'link', 'location', 'max-forwards']),
  ...pairs(['proxy-authenticate', 'proxy-authorization', 'range', 'referer', 'refresh', 'retry-after']),
  ...pairs(['server', 'set-cookie', 'strict-transport-security', 'transfer-encoding', 'user-agent']),
  ...pairs(['vary', 'via', 'www-authenticate']),
]

/** Longest number that is read, in bytes after its first one. */
const CONTINUATION_MAX = 4

/** A block of headers, each as a literal that is neither indexed nor compressed. */
export function encodedHeaders(headers: readonly Header[]): Buffer {
  const parts = headers.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)])
  return Buffer.concat(parts)
}

/** The headers of a block; throws when it is not one, or refers to a dynamic table. */
export function decodedHeaders(block: Uint8Array): readonly Header[] {
  const reader = new BlockReader(block)
  const headers: Header[] = []
  while (!reader.atEnd) {
    const header = reader.header()
    if (header) headers.push(header)
  }
  return headers
}

class BlockReader {
  readonly #block: Uint8Array
  #at = 0

  constructor(block: Uint8Array) {
    this.#block = block
  }

  get atEnd(): boolean {
    return this.#at >= this.#block.length
  }

  /** The next header; undefined for what only sets the size of the dynamic table. */
  header(): Header | undefined {
    const first = this.#peek()
    if (first & 0x80) return entry(this.#integer(7))
    // With incremental indexing: into a table that keeps nothing, so it is a literal like the others.
    if (first & 0x40) return this.#literalHeader(6)
    if (first & 0x20) return this.#tableSize()
    return this.#literalHeader(4)
  }

  #literalHeader(prefixBits: number): Header {
    const index = this.#integer(prefixBits)
    const name = index === 0 ? this.#string() : entry(index)[0]
    return [name, this.#string()]
  }

  #tableSize(): undefined {
    const size = this.#integer(5)
    if (size !== 0) throw new Error('the peer wants a dynamic table, which it was told not to use')
  }

  #string(): string {
    const isHuffman = (this.#peek() & 0x80) !== 0
    const length = this.#integer(7)
    const bytes = this.#block.subarray(this.#at, this.#at + length)
    if (bytes.length < length) throw new Error('a string is longer than its block of headers')
    this.#at += length
    return isHuffman ? huffmanDecoded(bytes) : Buffer.from(bytes).toString('latin1')
  }

  /** A number whose first bits are the last ones of a byte (RFC 7541, 5.1). */
  #integer(prefixBits: number): number {
    const prefixMax = 2 ** prefixBits - 1
    const prefix = this.#peek() & prefixMax
    this.#at++
    if (prefix < prefixMax) return prefix
    let value = prefixMax
    for (let continued = 0; continued < CONTINUATION_MAX; continued++) {
      const byte = this.#peek()
      this.#at++
      value += (byte & 0x7f) * 128 ** continued
      if ((byte & 0x80) === 0) return value
    }
    throw new Error('a number in a block of headers is too large')
  }

  #peek(): number {
    const byte = this.#block[this.#at]
    if (byte === undefined) throw new Error('a block of headers ends within a header')
    return byte
  }
}

function entry(index: number): Header {
  const header = staticTable[index - 1]
  if (!header) throw new Error(`there is no header ${index} in the static table`)
  return header
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([length(bytes.length), bytes])
}

/** The length of a string that is not compressed. */
function length(of: number): Buffer {
  const prefixMax = 0x7f
  if (of < prefixMax) return Buffer.of(of)
  const bytes = [prefixMax]
  let rest = of - prefixMax
  while (rest >= 128) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>= 7
  }
  return Buffer.from([...bytes, rest])
}

/** Headers from texts of a name and, after a space, a value. */
function pairs(texts: readonly string[]): readonly Header[] {
  return texts.map((text) => {
    const [name = '', ...value] = text.split(' ')
    return [name, value.join(' ')]
  })
}
