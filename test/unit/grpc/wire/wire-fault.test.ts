import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, StructSchema } from '@bufbuild/protobuf/wkt'
import { expect } from 'chai'
import fc from 'fast-check'
import { AccountServiceService } from '../../../../src/gen/benefits/v1/account.js'
import { AuthorizationServiceService } from '../../../../src/gen/benefits/v1/authorization.js'
import { CategoryServiceService } from '../../../../src/gen/benefits/v1/category.js'
import { MerchantRuleServiceService } from '../../../../src/gen/benefits/v1/merchant_rule.js'
import { HealthService } from '../../../../src/gen/grpc/health/v1/health.js'
import { ServerReflectionService } from '../../../../src/gen/grpc/reflection/v1/reflection.js'
import { loadDescriptors } from '../../../../src/grpc/reflection/descriptors.js'
import { shapeOf } from '../../../../src/grpc/wire/message-shape.js'
import { wireFault } from '../../../../src/grpc/wire/wire-fault.js'
import { plainOf } from '../../../support/clients/plain-message.js'
import { bytesWith, field, legalBytes, varint } from '../../../support/clients/wire-messages.js'

const descriptors = loadDescriptors()
const methods = [
  AuthorizationServiceService,
  AccountServiceService,
  CategoryServiceService,
  MerchantRuleServiceService,
  HealthService,
  ServerReflectionService,
].flatMap((service) =>
  Object.values(service).map(({ path, requestDeserialize: decode }) => ({
    path,
    decode: decode as (bytes: Buffer) => unknown,
    type: descriptors.requestOf(path),
  })),
)
const reverse = descriptors.requestOf(AuthorizationServiceService.reverse.path)
const authorize = descriptors.requestOf(AuthorizationServiceService.authorize.path)
const importRules = descriptors.requestOf(MerchantRuleServiceService.importMerchantRules.path)

const faultOf = (type: DescMessage, ...parts: readonly (readonly number[])[]) =>
  wireFault(Buffer.from(parts.flat()), shapeOf(type))

/** The result of another decoder; undefined when it cannot read the bytes. */
function readElsewhere(type: DescMessage, bytes: Uint8Array): Message | undefined {
  try {
    return fromBinary(type, bytes)
  } catch {
    return undefined
  }
}

describe('fault of an encoded message', () => {
  const amount = [0x20, ...varint(500)]

  it('is a zero byte before a field, which once hid all later fields: a reversal then returned everything', () => {
    const fault = faultOf(reverse, field(1, 'r-1'), field(2, 'ana'), field(3, 'p-1'), [0x00], amount)
    expect(fault).to.deep.equal({ path: '', description: 'has a field with the number 0 (byte 15)' })
  })

  it('is the end of a group before a merchant: the merchant and its rule were left out', () => {
    const fault = faultOf(authorize, field(1, 'p-1'), [0x2c], field(5, 'UBER TRIP'))
    expect(fault).to.deep.equal({
      path: 'merchant',
      description: 'has the wire type 4 instead of 2 (bytes) (byte 5)',
    })
  })

  const faults: readonly (readonly [string, string, string, DescMessage, ...(readonly number[])[]])[] = [
    [
      'the end of a group, which is not one of its fields',
      '',
      'has a field 15 that has the wire type 4 (byte 0)',
      authorize,
      [0x7c],
    ],
    ['a whole group', '', 'has a field 15 that has the wire type 3 (byte 0)', authorize, [0x7b, 0x7c]],
    ['the wire type 6', '', 'has a field 15 that has the wire type 6 (byte 0)', authorize, [0x7e]],
    ['the wire type 7', '', 'has a field 15 that has the wire type 7 (byte 0)', authorize, [0x7f]],
    [
      'a field of another wire type',
      'amount',
      'has the wire type 2 instead of 0 (varint) (byte 0)',
      authorize,
      field(3, '5'),
    ],
    [
      'a number where text belongs',
      'merchant',
      'has the wire type 0 instead of 2 (bytes) (byte 0)',
      authorize,
      [0x28, 0x01],
    ],
    ['text that is truncated', 'merchant', 'is truncated (byte 0)', authorize, [0x2a, 0x05, 0x41]],
    ['a number that is truncated', 'amount', 'is truncated or too long (byte 0)', authorize, [0x18, 0x80]],
    [
      'a number of eleven bytes',
      'amount',
      'is truncated or too long (byte 0)',
      authorize,
      [0x18, ...varint(1, 10)],
    ],
    [
      'a number of 65 bits',
      'amount',
      'is truncated or too long (byte 0)',
      authorize,
      [0x18, ...new Array<number>(9).fill(0xff), 0x02],
    ],
    ['a tag that is truncated', '', 'has a tag that is truncated or too long (byte 0)', authorize, [0x80]],
    ['a tag of six bytes', '', 'has a tag that is truncated or too long (byte 0)', authorize, varint(10, 5)],
    [
      'a tag of 33 bits',
      '',
      'has a tag that is truncated or too long (byte 0)',
      authorize,
      [0x8a, 0x80, 0x80, 0x80, 0x10],
    ],
    [
      'a length of 33 bits',
      'merchant',
      'is truncated (byte 0)',
      authorize,
      [0x2a, 0x81, 0x80, 0x80, 0x80, 0x10, 0x41],
    ],
    [
      'text that is not UTF-8',
      'merchant',
      'is not valid UTF-8 (byte 0)',
      authorize,
      field(5, [0x43, 0x41, 0x46, 0xc9]),
    ],
    [
      'half a surrogate pair',
      'merchant',
      'is not valid UTF-8 (byte 0)',
      authorize,
      field(5, [0xed, 0xa0, 0xbd]),
    ],
    [
      'text in more bytes than needed',
      'merchant',
      'is not valid UTF-8 (byte 0)',
      authorize,
      field(5, [0xc0, 0xaf]),
    ],
    [
      'a fault in a message inside',
      'original',
      'has a field with the number 0 (byte 2)',
      reverse,
      field(5, [0x00]),
    ],
    [
      'a fault in a field of a message inside',
      'original.merchant',
      'is not valid UTF-8 (byte 2)',
      reverse,
      field(5, field(3, [0xff])),
    ],
    [
      'a message that occurs twice',
      'original',
      'occurs twice (byte 4)',
      reverse,
      field(5, [0x08, 0x01]),
      field(5, field(3, 'X')),
    ],
    [
      'a fault in the third of many',
      'merchant_rules[2].name',
      'is not valid UTF-8 (byte 15)',
      importRules,
      field(1, field(1, 'a')),
      field(1, field(1, 'b')),
      [0x80 | 0x08, 0x06, 0x00],
      field(1, field(3, [0xff])),
    ],
  ]
  for (const [what, path, description, type, ...parts] of faults) {
    it(`is ${what}, with the name of the field and the position`, () => {
      expect(faultOf(type, ...parts)).to.deep.equal({ path, description })
    })
  }

  it('is neither an unknown field nor a number in more bytes than needed', () => {
    const legal = [
      [0xfa, 0x01, 0x01, 0x7a],
      [0x18, ...varint(1_000, 3)],
      [0xf8, 0x07, ...varint(-1)],
    ]
    expect(faultOf(authorize, ...legal)).to.equal(undefined)
  })

  it('is not one embedded message in each of many', () => {
    expect(faultOf(importRules, field(1, []), field(1, []))).to.equal(undefined)
  })

  it('is a truncated packed number, and not a complete one', () => {
    const dependencies = (...bytes: readonly number[]) => faultOf(FileDescriptorProtoSchema, field(10, bytes))
    expect(dependencies(0x01, 0x80, 0x02)).to.equal(undefined)
    const fault = dependencies(0x01, 0x80)
    expect(fault).to.deep.equal({
      path: 'public_dependency[0]',
      description: 'is truncated or too long (byte 0)',
    })
  })

  it('is found in the value of a map, and in a type that contains itself', () => {
    const deep = field(1, [...field(1, 'key'), ...field(2, field(5, field(1, field(1, [0xff]))))])
    expect(faultOf(StructSchema, field(1, field(2, field(3, [0xff]))))?.path).to.equal(
      'fields[0].value.string_value',
    )
    expect(faultOf(StructSchema, deep)?.path).to.equal('fields[0].value.struct_value.fields[0].key')
  })
})

describe('every request of every method', () => {
  for (const { path, decode, type } of methods) {
    const shape = shapeOf(type)

    it(`${path} is read from legal bytes as another decoder reads it`, () => {
      fc.assert(
        fc.property(legalBytes(type), (bytes) => {
          expect(wireFault(bytes, shape)).to.equal(undefined)
          expect(decode(bytes)).to.deep.equal(plainOf(type, fromBinary(type, bytes)))
        }),
        { numRuns: 200 },
      )
    })

    it(`${path} is rejected with an illegal tag at any position`, () => {
      const illegal = [0, 1, 2, 3, 5, 6, 7, ...[3, 4, 6, 7].flatMap((wire) => [8 | wire, (99 << 3) | wire])]
      const intruders = [...illegal.map((tag) => varint(tag)), varint(1, 5), [0xf8, 0x06, ...varint(1, 10)]]
      const bytes = fc.constantFrom(...intruders).chain((intruder) => bytesWith(type, intruder))
      fc.assert(
        fc.property(bytes, (poisoned) => wireFault(poisoned, shape) !== undefined),
        { numRuns: 300 },
      )
    })

    it(`${path} is rejected, or read as another decoder reads it, for any bytes`, () => {
      const changed = fc.tuple(legalBytes(type), fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
        if (bytes.length > 0) bytes[at % bytes.length] = byte
        return bytes
      })
      const anyBytes = fc.oneof(
        fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
        changed,
      )
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          if (wireFault(bytes, shape)) return
          const elsewhere = readElsewhere(type, bytes)
          expect(elsewhere, bytes.toString('hex')).not.to.equal(undefined)
          if (elsewhere) expect(decode(bytes)).to.deep.equal(plainOf(type, elsewhere))
        }),
        { numRuns: 500 },
      )
    })
  }
})
