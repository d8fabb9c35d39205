/** An error detail as the Connect protocol carries it: the type's name and the message in base64. */
export type Detail = { readonly type: string; readonly value: string }

export type FieldProblem = { readonly field: string; readonly description: string }

/** Reads the reason of a `google.rpc.ErrorInfo`; undefined when the error has none. */
export function reasonIn(details: readonly Detail[]): string | undefined {
  const info = details.find(({ type }) => type === 'google.rpc.ErrorInfo')
  return info && textOf(fieldsOf(bytesOf(info.value)), 1)
}

/** Reads the fields that a `google.rpc.BadRequest` complains of. */
export function fieldProblemsIn(details: readonly Detail[]): readonly FieldProblem[] {
  const request = details.find(({ type }) => type === 'google.rpc.BadRequest')
  if (!request) return []
  return fieldsOf(bytesOf(request.value))
    .filter(({ number }) => number === 1)
    .map(({ bytes }) => {
      const violation = fieldsOf(bytes)
      return { field: textOf(violation, 1) ?? '', description: textOf(violation, 2) ?? '' }
    })
}

type Field = { readonly number: number; readonly bytes: Uint8Array }

const LENGTH_DELIMITED = 2

/** Reads the length-delimited fields of a message up to the first field of another type. */
function fieldsOf(message: Uint8Array): readonly Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; at < message.length; shift += 7) {
      const byte = message[at++] ?? 0
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    return value
  }
  while (at < message.length) {
    const tag = varint()
    if (tag % 8 !== LENGTH_DELIMITED) break
    const length = varint()
    fields.push({ number: Math.floor(tag / 8), bytes: message.subarray(at, at + length) })
    at += length
  }
  return fields
}

function textOf(fields: readonly Field[], number: number): string | undefined {
  const field = fields.find((each) => each.number === number)
  return field && new TextDecoder().decode(field.bytes)
}

function bytesOf(base64: string): Uint8Array {
  const plain = base64.replaceAll('-', '+').replaceAll('_', '/')
  return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0))
}
