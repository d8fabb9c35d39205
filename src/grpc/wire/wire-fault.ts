import { isUtf8 } from 'node:buffer'
import { type FieldShape, type MessageShape, type WireType, wireTypes } from './message-shape.js'

/** A fault in the bytes of a message. */
export type WireFault = {
  /** Path of the field: `original.merchant`. Empty when the message itself is wrong. */
  readonly path: string
  readonly description: string
}

/** Longest varint of a tag or a length, in bytes: 32 bits. */
const VARINT32_BYTES_MAX = 5
/** Longest varint of a value, in bytes: 64 bits. */
const VARINT64_BYTES_MAX = 10

const names: Readonly<Record<WireType, string>> = { 0: 'varint', 1: '64 bits', 2: 'bytes', 5: '32 bits' }

/**
 * Finds bytes that the generated decoders would skip, or read differently from other decoders. Those decoders
 * stop at a tag 0 and at the end of a group and drop the rest. They also replace text that is not UTF-8.
 *
 * - Rejected: a field number 0; groups and the wire types 6 and 7; a known field with the wrong wire type; a
 *   tag, length or value that is truncated or too long; text that is not UTF-8; a singular message field that
 *   occurs twice and would have to be merged.
 * - Accepted, as protobuf requires: unknown fields, values in more bytes than needed, packed numbers, and a
 *   scalar that occurs twice: the last value counts.
 */
export function wireFault(bytes: Uint8Array, shape: MessageShape): WireFault | undefined {
  return new Cursor(bytes).messageFault(shape, bytes.length)
}

/** A position in the bytes that advances over valid fields and stops at the first fault. */
class Cursor {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  messageFault(shape: MessageShape, end: number): WireFault | undefined {
    const start = this.#at
    while (this.#at < end) {
      const fault = this.#fieldFault(shape, { start, end })
      if (fault) return fault
    }
    return undefined
  }

  /** Checks the next field of a message. */
  #fieldFault(shape: MessageShape, { start, end }: Span): WireFault | undefined {
    const tagAt = this.#at
    const tag = this.#varint32(end)
    if (tag === undefined) return faultAt(tagAt, '', 'has a tag that is truncated or too long')
    const number = tag >>> 3
    if (number === 0) return faultAt(tagAt, '', 'has a field with the number 0')
    const field = shape[number]
    if (!field) {
      const description = this.#valueFault(tag & 7, end)
      return description === undefined
        ? undefined
        : faultAt(tagAt, '', `has a field ${number} that ${description}`)
    }
    const isMessage = field.message !== undefined && !field.isRepeated
    if (isMessage && this.#countBefore({ start, end: tagAt }, number) > 0) {
      return faultAt(tagAt, field.name, 'occurs twice')
    }
    const fault = this.#contentFault(field, tag & 7, end)
    if (fault === undefined) return undefined
    const index = field.isRepeated ? `[${this.#countBefore({ start, end: tagAt }, number)}]` : ''
    const path = `${field.name}${index}`
    if (typeof fault === 'string') return faultAt(tagAt, path, fault)
    return { ...fault, path: fault.path === '' ? path : `${path}.${fault.path}` }
  }

  /** Checks the value of a known field, and what is inside it. */
  #contentFault(field: FieldShape, wireType: number, end: number): WireFault | string | undefined {
    if (wireType !== field.wireType) {
      const isPacked = field.isRepeated && wireType === wireTypes.BYTES
      return isPacked ? this.#packedFault(field.wireType, end) : wrongWireType(wireType, field.wireType)
    }
    if (wireType !== wireTypes.BYTES) return this.#valueFault(wireType, end)
    const valueEnd = this.#lengthEnd(end)
    if (valueEnd === undefined) return 'is truncated'
    if (field.message) return this.messageFault(field.message, valueEnd)
    if (field.isText && !this.#isText(valueEnd)) return 'is not valid UTF-8'
    this.#at = valueEnd
    return undefined
  }

  /** Skips one value of any kind. */
  #valueFault(wireType: number, end: number): string | undefined {
    switch (wireType) {
      case wireTypes.VARINT:
        return this.#skipVarint(end) ? undefined : 'is truncated or too long'
      case wireTypes.FIXED64:
        return this.#moveTo(this.#at + 8, end) ? undefined : 'is truncated'
      case wireTypes.BYTES:
        return this.#moveTo(this.#lengthEnd(end) ?? end + 1, end) ? undefined : 'is truncated'
      case wireTypes.FIXED32:
        return this.#moveTo(this.#at + 4, end) ? undefined : 'is truncated'
      default:
        return `has the wire type ${wireType}`
    }
  }

  #packedFault(wireType: WireType, end: number): string | undefined {
    const valuesEnd = this.#lengthEnd(end)
    if (valuesEnd === undefined) return 'is truncated'
    while (this.#at < valuesEnd) {
      const description = this.#valueFault(wireType, valuesEnd)
      if (description !== undefined) return description
    }
    return undefined
  }

  /** Reads a length and returns where the value ends. Undefined when it is truncated. */
  #lengthEnd(end: number): number | undefined {
    const length = this.#varint32(end)
    return length === undefined || length > end - this.#at ? undefined : this.#at + length
  }

  #moveTo(at: number, end: number): boolean {
    if (at > end) return false
    this.#at = at
    return true
  }

  /**
   * Whether the bytes up to an end are UTF-8. Most text is short ASCII, which a loop checks faster than
   * isUtf8.
   */
  #isText(end: number): boolean {
    for (let at = this.#at; at < end; at++) {
      if ((this.#bytes[at] ?? 0) > 0x7f) return isUtf8(this.#bytes.subarray(at, end))
    }
    return true
  }

  /** Reads an unsigned number of 32 bits. Undefined when it is truncated or larger. */
  #varint32(end: number): number | undefined {
    let value = 0
    for (let count = 0; count < VARINT32_BYTES_MAX && this.#at < end; count++) {
      const byte = this.#bytes[this.#at++] ?? 0
      if (count === VARINT32_BYTES_MAX - 1 && byte > 0x0f) return undefined
      value |= (byte & 0x7f) << (7 * count)
      if (byte < 0x80) return value >>> 0
    }
    return undefined
  }

  /** Skips a number of 64 bits. Returns false when it is truncated or larger. */
  #skipVarint(end: number): boolean {
    for (let count = 0; count < VARINT64_BYTES_MAX && this.#at < end; count++) {
      const byte = this.#bytes[this.#at++] ?? 0
      if (count === VARINT64_BYTES_MAX - 1 && byte > 0x01) return false
      if (byte < 0x80) return true
    }
    return false
  }

  /** Counts the fields with this number in a range without faults. */
  #countBefore({ start, end }: Span, number: number): number {
    const cursor = new Cursor(this.#bytes, start)
    let count = 0
    while (cursor.#at < end) {
      const tag = cursor.#varint32(end) ?? 0
      if (tag >>> 3 === number) count += 1
      cursor.#valueFault(tag & 7, end)
    }
    return count
  }
}

type Span = { readonly start: number; readonly end: number }

function faultAt(at: number, path: string, description: string): WireFault {
  return { path, description: `${description} (byte ${at})` }
}

function wrongWireType(found: number, wanted: WireType): string {
  return `has the wire type ${found} instead of ${wanted} (${names[wanted]})`
}
