import { readFileSync } from 'node:fs'
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  type DescMethod,
  fromBinary,
  ScalarType,
} from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
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

/** A message of that type with random values, mostly plausible ones. Illegal values fit, too. */
export function randomMessage(type: DescMessage, random: Random, depth = 0): Buffer {
  const writer = new BinaryWriter()
  const present = type.fields.filter(() => random.chance(PRESENT))
  for (const field of present) {
    const count = field.fieldKind === 'list' ? random.below(4) : 1
    for (let value = 0; value < count; value++) writeValue(writer, field, { random, depth })
  }
  return Buffer.from(writer.finish())
}

type Place = { readonly random: Random; readonly depth: number }

function writeValue(writer: BinaryWriter, field: DescField, { random, depth }: Place): void {
  const { number, name, message, scalar } = field
  if (message) {
    if (depth >= DEPTH_MAX) return
    writer.tag(number, WireType.LengthDelimited).bytes(randomMessage(message, random, depth + 1))
  } else if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) {
    writer.tag(number, WireType.LengthDelimited).bytes(Buffer.from(textFor(name, random)))
  } else if (scalar === ScalarType.INT32 || scalar === ScalarType.INT64) {
    const value = random.chance(0.7) ? BigInt(random.between({ min: 1, max: 5_000 })) : random.pick(integers)
    writer.tag(number, WireType.Varint).int64(value)
  } else {
    // Enums have values that are none of theirs; of a bool, any number but 0 is true.
    writer.tag(number, WireType.Varint).int32(random.below(8))
  }
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
