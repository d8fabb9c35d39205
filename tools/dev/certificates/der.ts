import { isIPv4 } from 'node:net'

/**
 * DER (ITU-T X.690), as much as certificates need. Every value is its tag, the length of its content, and the
 * content.
 */
function value(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

/** One byte up to 127; else the number of bytes that follow, with the highest bit set, and then these. */
function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

export function sequence(...members: readonly Uint8Array[]): Buffer {
  return value(0x30, ...members)
}

export function set(...members: readonly Uint8Array[]): Buffer {
  return value(0x31, ...members)
}

/** What the standard writes as `[tag]`; primitive: a text or bytes, else something built of values. */
export function context(tag: number, content: Uint8Array, kind: 'primitive' | 'built'): Buffer {
  return value((kind === 'built' ? 0xa0 : 0x80) + tag, content)
}

/** A number that is not negative, as big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  // Without leading zeros, except one that keeps the highest bit from being a sign.
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first))
  return value(0x02, (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.from([0]), digits]))
}

export function boolean(truth: 'true' | 'false'): Buffer {
  return value(0x01, Buffer.from([truth === 'true' ? 0xff : 0]))
}

export function octets(content: Uint8Array): Buffer {
  return value(0x04, content)
}

/** Whole bytes of bits, but for the last ones of the last byte that are not used. */
export function bits(content: Uint8Array, unused = 0): Buffer {
  return value(0x03, Buffer.from([unused]), content)
}

export function text(content: string): Buffer {
  return value(0x0c, Buffer.from(content))
}

/** An object identifier as it is written: `2.5.29.17`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(sevenBitDigits)]))
}

/** Encodes a number in base 128; every digit but the last has the highest bit set. */
function sevenBitDigits(number: number): readonly number[] {
  const digits = [number & 0x7f]
  for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

/** A moment, to the second: with two digits of the year until 2049, as certificates have to. */
export function time(moment: Date): Buffer {
  const digits = `${moment.toISOString().replace(/\D/g, '').slice(0, 14)}Z`
  return moment.getUTCFullYear() < 2050
    ? value(0x17, Buffer.from(digits.slice(2)))
    : value(0x18, Buffer.from(digits))
}

/** An IP address as bytes: four, or sixteen. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  const groups = address.includes('::') ? [...head, ...zeros, ...tail] : head
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
