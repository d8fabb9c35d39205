import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt'
import { boundsOf, isRequired, type Schema } from './bounds.js'
import type { Contract } from './contract.js'

/** Messages that the JSON mapping of Protocol Buffers writes in a form of their own. */
const wellKnown: Readonly<Record<string, Schema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^[1-9][0-9]{0,6}s$' },
  'google.protobuf.FieldMask': {
    type: 'string',
    description: 'Paths in lowerCamelCase, with commas between them.',
  },
}

/** Writes the JSON Schemas of messages and enums. */
export class Schemas {
  readonly #contract: Contract
  readonly #requests: ReadonlySet<string>
  /** Messages that requests consist of, and of those the ones that a mask says the fields of. */
  readonly #asked: ReadonlySet<string>
  readonly #patched: ReadonlySet<string>
  readonly #written = new Map<string, Schema>()

  constructor(contract: Contract) {
    this.#contract = contract
    const requests = contract.services.flatMap(({ methods }) => methods.map(({ input }) => input))
    this.#requests = new Set(requests.map(({ typeName }) => typeName))
    this.#asked = reachableFrom(requests)
    const patches = requests.filter(({ fields }) => fields.some(isMask))
    this.#patched = reachableFrom(
      patches.flatMap(({ fields }) => fields.flatMap(({ message }) => message ?? [])),
    )
  }

  /** Returns a reference to the schema of a method's request or response. */
  reference(type: DescMessage | DescEnum): Schema {
    const known = wellKnown[type.typeName]
    if (known) return known
    if (!this.#written.has(type.typeName)) {
      // Before its fields, so that a message may contain itself.
      this.#written.set(type.typeName, {})
      this.#written.set(type.typeName, type.kind === 'enum' ? this.#enum(type) : this.#message(type))
    }
    return { $ref: `#/components/schemas/${type.typeName}` }
  }

  /** Every schema that was referred to, by the name of its type. */
  components(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#written].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  #message(message: DescMessage): Schema {
    const required = message.fields.filter((field) => this.#isRequired(field)).map(({ jsonName }) => jsonName)
    return {
      type: 'object',
      description: this.#contract.commentOf(message),
      properties: Object.fromEntries(message.fields.map((field) => [field.jsonName, this.#field(field)])),
      ...(required.length > 0 && { required }),
      ...(this.#requests.has(message.typeName) && { additionalProperties: false }),
    }
  }

  /** The service leaves out only fields that are absent: those of which the contract says that they can be. */
  #isRequired(field: DescField): boolean {
    const { typeName } = field.parent
    if (!this.#asked.has(typeName)) return field.presence !== FeatureSet_FieldPresence.EXPLICIT
    return !this.#patched.has(typeName) && isRequired(this.#bindingComment(field))
  }

  #field(field: DescField): Schema {
    const comment = this.#contract.commentOf(field)
    const examples = [...comment.matchAll(/for example "?([\w-]+(?::\w+)*)"?/g)].map(([, example]) => example)
    return {
      ...this.#typeOf(field),
      ...boundsOf(field, this.#bindingComment(field), this.#isRequired(field)),
      description: comment,
      ...(examples.length > 0 && { examples }),
    }
  }

  /** The comment with the field's bounds: "as in" without bounds names the request whose field has them. */
  #bindingComment(field: DescField): string {
    const comment = this.#contract.commentOf(field)
    const [, elsewhere] = /\bas in (\w+)\b(?!.*Optional)/s.exec(comment) ?? []
    const message = field.parent.file.messages.find(({ name }) => name === elsewhere)
    const binding = message?.fields.find(({ name }) => name === field.name)
    return binding ? this.#contract.commentOf(binding) : comment
  }

  #typeOf(field: DescField): Schema {
    switch (field.fieldKind) {
      case 'scalar':
        return scalarSchema(field.scalar)
      case 'enum':
        return this.reference(field.enum)
      case 'message':
        return this.reference(field.message)
      case 'list':
        return { type: 'array', items: this.#itemOf(field) }
      case 'map':
        throw new Error(`${field.parent.typeName}.${field.name}: the contract has no maps yet`)
    }
  }

  #itemOf(field: DescField & { fieldKind: 'list' }): Schema {
    if (field.listKind === 'scalar') return scalarSchema(field.scalar)
    return this.reference(field.listKind === 'enum' ? field.enum : field.message)
  }

  #enum(type: DescEnum): Schema {
    const values = type.values.map((value) => {
      const comment = this.#contract.commentOf(value).replaceAll(/\s+/g, ' ')
      return `- \`${value.name}\`: ${comment}`
    })
    return {
      type: 'string',
      description: `${this.#contract.commentOf(type)}\n\n${values.join('\n')}`,
      enum: type.values.map(({ name }) => name),
    }
  }
}

function scalarSchema(scalar: ScalarType): Schema {
  switch (scalar) {
    case ScalarType.STRING:
      return { type: 'string' }
    case ScalarType.BOOL:
      return { type: 'boolean' }
    case ScalarType.INT32:
      return { type: 'integer', format: 'int32' }
    case ScalarType.INT64:
      return { type: 'string', format: 'int64' }
    default:
      throw new Error(`the contract has fields of a type that the OpenAPI does not know: ${scalar}`)
  }
}

function isMask(field: DescField): boolean {
  return field.message?.typeName === 'google.protobuf.FieldMask'
}

function reachableFrom(messages: readonly DescMessage[]): ReadonlySet<string> {
  const reached = new Set(messages)
  // A Set's iteration includes items that are added meanwhile.
  for (const { fields } of reached) for (const { message } of fields) if (message) reached.add(message)
  return new Set(Array.from(reached, ({ typeName }) => typeName))
}
