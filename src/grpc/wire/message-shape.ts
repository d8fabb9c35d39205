import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'

/** The protobuf wire types that a field can have. Groups (3 and 4) are excluded: proto3 has none. */
export const wireTypes = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const

export type WireType = (typeof wireTypes)[keyof typeof wireTypes]

/** The fields of a message by number, for checking bytes. */
export type MessageShape = readonly (FieldShape | undefined)[]

export type FieldShape = {
  /** Name of the field, as in the contract. */
  readonly name: string
  /** Wire type of one value. Repeated numbers may also come packed. */
  readonly wireType: WireType
  /** Whether the value is a string, which must be UTF-8. */
  readonly isText: boolean
  readonly isRepeated: boolean
  /** The shape of the value when it is a message. */
  readonly message: MessageShape | undefined
}

/** Builds the shape of a message and of every message inside it. */
export function shapeOf(message: DescMessage): MessageShape {
  return arranged(message, new Map())
}

/** Builds a shape once for each message, so that a recursive type finds itself. */
function arranged(message: DescMessage, known: Map<DescMessage, MessageShape>): MessageShape {
  const found = known.get(message)
  if (found) return found
  const shape: FieldShape[] = []
  known.set(message, shape)
  for (const field of message.fields) shape[field.number] = fieldShape(field, known)
  return shape
}

function fieldShape(field: DescField, known: Map<DescMessage, MessageShape>): FieldShape {
  const { name, message } = field
  const isRepeated = field.fieldKind === 'list' || field.fieldKind === 'map'
  if (field.fieldKind === 'map') {
    const entry = [undefined, valueShape('key', field.mapKey), { ...fieldValue(field, known), name: 'value' }]
    return { name, wireType: wireTypes.BYTES, isText: false, isRepeated, message: entry }
  }
  return { ...fieldValue({ name, message, scalar: field.scalar }, known), isRepeated }
}

type FieldValue = {
  readonly name: string
  readonly message: DescMessage | undefined
  readonly scalar: ScalarType | undefined
}

/** The shape of one value: a message, a scalar, or else an enum. */
function fieldValue(
  { name, message, scalar }: FieldValue,
  known: Map<DescMessage, MessageShape>,
): FieldShape {
  if (!message) return valueShape(name, scalar ?? ScalarType.INT32)
  const shape = arranged(message, known)
  return { name, wireType: wireTypes.BYTES, isText: false, isRepeated: false, message: shape }
}

function valueShape(name: string, scalar: ScalarType): FieldShape {
  const isText = scalar === ScalarType.STRING
  return { name, wireType: wireTypeOf(scalar), isText, isRepeated: false, message: undefined }
}

function wireTypeOf(scalar: ScalarType): WireType {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return wireTypes.BYTES
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return wireTypes.FIXED64
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return wireTypes.FIXED32
    default:
      return wireTypes.VARINT
  }
}
