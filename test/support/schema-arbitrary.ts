import fc from 'fast-check'

/** A JSON Schema of the OpenAPI document. */
export type Schema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

const INT32_MAX = 2 ** 31 - 1
const INT64_MAX = 2n ** 63n - 1n
const ITEMS_MAX = 3

/** Draws values that a schema admits. `values` draws those of properties with these names instead. */
export class SchemaArbitrary {
  readonly #resolve: (reference: string) => Schema
  readonly #values: Readonly<Record<string, fc.Arbitrary<unknown>>>

  constructor(
    resolve: (reference: string) => Schema,
    values: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  ) {
    this.#resolve = resolve
    this.#values = values
  }

  of(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return this.of(this.#resolve(schema.$ref))
    switch (schema.type) {
      case 'object':
        return this.#object(schema)
      case 'array':
        return fc.array(this.of(schema.items ?? {}), {
          maxLength: Math.min(schema.maxItems ?? ITEMS_MAX, ITEMS_MAX),
        })
      case 'boolean':
        return fc.boolean()
      case 'integer':
        return fc.integer({ min: schema.minimum ?? -INT32_MAX, max: schema.maximum ?? INT32_MAX })
      case 'string':
        return stringOf(schema)
      default:
        throw new Error(`values of ${JSON.stringify(schema)} cannot be drawn`)
    }
  }

  #object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const fields: Record<string, fc.Arbitrary<unknown>> = {}
    for (const [name, schema] of Object.entries(properties)) {
      fields[name] = this.#values[name] ?? this.of(schema)
    }
    return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true })
  }
}

function stringOf({ enum: values, pattern, format, maxLength = Number.POSITIVE_INFINITY }: Schema) {
  if (values) return fc.constantFrom(...values)
  if (format === 'date-time') return timeOf()
  if (pattern === undefined) return fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 20) })
  const drawn = fc.stringMatching(new RegExp(pattern, 'u'), { size: 'small' })
  return drawn.filter((text) => text.length <= maxLength && (format !== 'int64' || BigInt(text) <= INT64_MAX))
}

function timeOf(): fc.Arbitrary<string> {
  const range = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') }
  return fc.date({ ...range, noInvalidDate: true }).map((time) => time.toISOString())
}
