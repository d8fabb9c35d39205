import { readFileSync } from 'node:fs'
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  type DescMethod,
  fromBinary,
  ScalarType,
} from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import type { Random } from '../../../tools/random.js'

/** Accounts that only the attacks use. */
export const HOSTILE_ACCOUNTS = 200
/** The first account, which has a long history. */
export const HOSTILE_ACCOUNT = hostileAccountId(0)

/** Share of fields that are present. */
const PRESENT = 0.85
const DEPTH_MAX = 4

/** Values at the edges of ranges. */
const integers = [
  0n,
  1n,
  -1n,
  1_000n,
  2n ** 31n,
  2n ** 53n,
  999_999_999_999n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const
const texts = [
  '',
  '5411',
  '5812',
  'FOOD',
  'CASH',
  'UBER EATS                   SAO PAULO BR',
  'PAG*JoseDaSilva',
  '$where',
  '../../etc/passwd',
  '\u0000',
  'Ã£Ã§',
  '\u{1F4B3}'.repeat(50),
  'ﷺ'.repeat(99),
  'x'.repeat(130),
  '*',
  ' ',
] as const

const registry = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL('../../../src/gen/descriptors.binpb', import.meta.url)),
  ),
)

/** Every method of our services, by path. */
export const methods: ReadonlyMap<string, DescMethod> = new Map(
  [...registry]
    .filter((type) => type.kind === 'service' && type.typeName.startsWith('benefits.v1.'))
    .flatMap((service) => (service.kind === 'service' ? service.methods : []))
    .map((method) => [`/${method.parent.typeName}/${method.name}`, method]),
)

/**
 * A message of that type with random values, mostly plausible ones. Encoded by hand, so that illegal values
 * fit.
 */
export function randomMessage(type: DescMessage, random: Random, depth = 0): Buffer {
  const present = type.fields.filter(() => random.chance(PRESENT))
  return Buffer.concat(present.flatMap((field) => encodedField(field, random, depth)))
}

function encodedField(field: DescField, random: Random, depth: number): readonly Buffer[] {
  switch (field.fieldKind) {
    case 'scalar':
      return [scalar(field.number, field.scalar, textFor(field.name, random), random)]
    case 'enum':
      return [tag(field.number, 0), varint(BigInt(random.below(8)))]
    case 'message':
      return depth < DEPTH_MAX
        ? [delimited(field.number, randomMessage(field.message, random, depth + 1))]
        : []
    case 'list':
      return Array.from({ length: random.below(4) }, () => listItem(field, random, depth))
    case 'map':
      return [delimited(field.number, Buffer.concat([delimited(1, Buffer.from(textFor('key', random)))]))]
  }
}

type ListField = Extract<DescField, { fieldKind: 'list' }>

function listItem(field: ListField, random: Random, depth: number): Buffer {
  if (field.listKind === 'scalar')
    return scalar(field.number, field.scalar, textFor(field.name, random), random)
  if (field.listKind === 'enum') return Buffer.concat([tag(field.number, 0), varint(BigInt(random.below(8)))])
  return depth < DEPTH_MAX
    ? delimited(field.number, randomMessage(field.message, random, depth + 1))
    : Buffer.alloc(0)
}

function scalar(number: number, type: ScalarType, text: string, random: Random): Buffer {
  if (type === ScalarType.STRING || type === ScalarType.BYTES) return delimited(number, Buffer.from(text))
  if (type === ScalarType.BOOL) return Buffer.concat([tag(number, 0), varint(BigInt(random.below(2)))])
  const value = random.chance(0.7) ? BigInt(random.between({ min: 1, max: 5_000 })) : random.pick(integers)
  return Buffer.concat([tag(number, 0), varint(BigInt.asUintN(64, value))])
}

/** A plausible text for a field of that name; sometimes any other text. */
function textFor(name: string, random: Random): string {
  if (random.chance(0.15)) return random.pick(texts)
  if (name === 'account_id') return hostileAccountId(random.below(HOSTILE_ACCOUNTS))
  if (name.endsWith('_id') || name === 'id') return `t${random.below(50_000)}`
  if (name === 'mcc') return String(random.between({ min: 5_400, max: 5_899 }))
  if (name === 'category') return random.pick(['FOOD', 'MEAL', 'CASH'])
  return random.pick(texts)
}

export function hostileAccountId(number: number): string {
  return `hostile${String(number).padStart(7, '0')}`
}

function delimited(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([tag(number, 2), varint(BigInt(bytes.length)), bytes])
}

function tag(number: number, wireType: number): Buffer {
  return varint((BigInt(number) << 3n) | BigInt(wireType))
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}
