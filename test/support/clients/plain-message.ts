import type { DescField, DescMessage, Message } from '@bufbuild/protobuf'

/** A message of @bufbuild/protobuf in the form of our generated code. */
export function plainOf(type: DescMessage, message: Message): unknown {
  // Messages of a dynamically loaded type have their fields by name.
  const values = message as unknown as Readonly<Record<string, unknown>>
  if (type.typeName === 'google.protobuf.Timestamp') return dateOf(values)
  if (type.typeName === 'google.protobuf.FieldMask') return values['paths']
  const fields = type.fields
    .filter(({ oneof }) => oneof === undefined)
    .map((field) => [field.localName, plainValue(field, values[field.localName])])
  const oneofs = type.oneofs.map(({ localName, fields: choices }) => {
    const chosen = values[localName] as { readonly case?: string; readonly value?: unknown }
    const field = choices.find((one) => one.localName === chosen.case)
    return [localName, field && { $case: field.localName, value: plainValue(field, chosen.value) }]
  })
  return Object.fromEntries([...fields, ...oneofs])
}

function plainValue(field: DescField, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => plainSingle(field, one))
  return plainSingle(field, value)
}

function plainSingle({ message, fieldKind, proto }: DescField, value: unknown): unknown {
  if (message) return value === undefined ? undefined : plainOf(message, value as Message)
  return proto.proto3Optional && fieldKind !== 'list' && value === undefined ? undefined : value
}

/** To the millisecond, as in the generated code. */
function dateOf({ seconds, nanos }: Readonly<Record<string, unknown>>): Date {
  return new Date(Number(seconds) * 1_000 + Number(nanos) / 1_000_000)
}
