import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import fc from 'fast-check'

/** An encoded field: its tag, and its value or the fields of its message. */
type Piece =
  | { readonly tag: readonly number[]; readonly value: readonly number[] }
  | { readonly tag: readonly number[]; readonly pieces: Piece[] }

/**
 * Any encoding of a message of this type that protobuf allows, including unknown fields and padded numbers.
 */
export function legalBytes(type: DescMessage): fc.Arbitrary<Buffer> {
  return piecesOf(type, 3).map(bytesOf)
}

/** The same with these bytes before, after or between the fields of the message or of an embedded one. */
export function bytesWith(type: DescMessage, intruder: readonly number[]): fc.Arbitrary<Buffer> {
  return fc.tuple(piecesOf(type, 3), fc.nat(), fc.nat()).map(([pieces, which, where]) => {
    const messages = [...messagesIn(pieces)]
    const message = messages[which % messages.length] ?? pieces
    message.splice(where % (message.length + 1), 0, { tag: intruder, value: [] })
    return bytesOf(pieces)
  })
}

/** A number in its shortest form, or padded to more bytes. */
export function varint(value: bigint | number, padding = 0): readonly number[] {
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  } while (rest > 0n)
  bytes.push(...new Array<number>(padding).fill(0x80))
  const last = bytes.pop() ?? 0
  return [...bytes, last & 0x7f]
}

/** A field whose value has a length: text, bytes or a message. */
export function field(number: number, value: string | Uint8Array | readonly number[]): readonly number[] {
  const bytes = [...(typeof value === 'string' ? Buffer.from(value) : value)]
  return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes]
}

function piecesOf(type: DescMessage, depth: number): fc.Arbitrary<Piece[]> {
  const known = type.fields.map((one) => pieceOf(one, depth)).filter((one) => one !== undefined)
  const anyPiece = fc.oneof(...known, ...known, unknownPiece(type))
  // A single embedded message occurs once: decoders would have to merge a second one.
  return fc.array(anyPiece, { maxLength: 8 }).map((pieces) => pieces.filter(isFirst))
}

function isFirst(piece: Piece & { readonly once?: boolean }, at: number, all: readonly Piece[]): boolean {
  if (!piece.once) return true
  return !all.slice(0, at).some(({ tag }) => tag.join() === piece.tag.join())
}

function pieceOf(one: DescField, depth: number): fc.Arbitrary<Piece> | undefined {
  if (one.message) {
    if (depth === 0) return undefined
    const tag = varint((one.number << 3) | 2)
    const once = one.fieldKind === 'message'
    return piecesOf(one.message, depth - 1).map((pieces) => ({ tag, pieces, once }))
  }
  const isBytes = one.scalar === ScalarType.STRING || one.scalar === ScalarType.BYTES
  return isBytes
    ? text.map((value) => ({ tag: varint((one.number << 3) | 2), value: lengthAnd(value) }))
    : number.map((value) => ({ tag: varint(one.number << 3), value }))
}

const text = fc
  .oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 40 }))
  .map((value) => [...Buffer.from(value)])
const number = fc
  .tuple(fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(0n, 2_000n)), fc.nat(2))
  .map(([value, padding]) => {
    const shortest = varint(value)
    return shortest.length + padding > 10 ? shortest : varint(value, padding)
  })

function unknownPiece(type: DescMessage): fc.Arbitrary<Piece> {
  const free = fc
    .oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 29 - 1 }))
    .filter((at) => !type.fields.some((one) => one.number === at))
  const eight = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 8, maxLength: 8 })
  return fc.oneof(
    fc.tuple(free, number).map(([at, value]) => ({ tag: tagOf(at, 0), value })),
    fc.tuple(free, eight).map(([at, value]) => ({ tag: tagOf(at, 1), value })),
    fc.tuple(free, eight).map(([at, value]) => ({ tag: tagOf(at, 2), value: lengthAnd(value) })),
    fc.tuple(free, eight).map(([at, value]) => ({ tag: tagOf(at, 5), value: value.slice(0, 4) })),
  )
}

function tagOf(at: number, wireType: number): readonly number[] {
  return varint((BigInt(at) << 3n) | BigInt(wireType))
}

function lengthAnd(value: readonly number[]): readonly number[] {
  return [...varint(value.length), ...value]
}

function* messagesIn(pieces: Piece[]): Generator<Piece[]> {
  yield pieces
  for (const piece of pieces) if ('pieces' in piece) yield* messagesIn(piece.pieces)
}

function bytesOf(pieces: readonly Piece[]): Buffer {
  const parts = pieces.map((piece) =>
    Buffer.from([...piece.tag, ...('pieces' in piece ? lengthAnd([...bytesOf(piece.pieces)]) : piece.value)]),
  )
  return Buffer.concat(parts)
}
