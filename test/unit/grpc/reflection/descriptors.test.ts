import { fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { expect } from 'chai'
import { loadDescriptors } from '../../../../src/grpc/reflection/descriptors.js'

const AUTHORIZATION = 'benefits/v1/authorization.proto'
const TIMESTAMP = 'google/protobuf/timestamp.proto'

describe('descriptors', () => {
  const descriptors = loadDescriptors()

  it('find a file by its name', () => {
    expect(namesOf(descriptors.fileByName(AUTHORIZATION))?.[0]).to.equal(AUTHORIZATION)
  })

  it('find no file by an unknown name', () => {
    expect(descriptors.fileByName('benefits/v1/nothing.proto')).to.equal(undefined)
  })

  it('return the file together with its imports', () => {
    expect(namesOf(descriptors.fileByName(AUTHORIZATION))).to.include.members([AUTHORIZATION, TIMESTAMP])
  })

  it('return the file first and each file once', () => {
    const names = namesOf(descriptors.fileByName(AUTHORIZATION)) ?? []
    expect([names[0], new Set(names).size]).to.deep.equal([AUTHORIZATION, names.length])
  })

  it('return every file that is needed to build the file', () => {
    const files = descriptors.fileByName(AUTHORIZATION) ?? []
    const protos = files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes))
    const names = protos.map(({ name }) => name)
    expect(names).to.include.members(protos.flatMap(({ dependency }) => dependency))
  })

  it('return a file without imports alone', () => {
    expect(namesOf(descriptors.fileByName(TIMESTAMP))).to.deep.equal([TIMESTAMP])
  })

  for (const [what, symbol] of [
    ['service', 'benefits.v1.AuthorizationService'],
    ['method', 'benefits.v1.AuthorizationService.Authorize'],
    ['message', 'benefits.v1.AuthorizeRequest'],
    ['field', 'benefits.v1.AuthorizeRequest.transaction_id'],
    ['enum', 'benefits.v1.Reason'],
    // The scope of an enum's values is that of the enum itself, as in C++.
    ['enum value', 'benefits.v1.REASON_APPROVED'],
  ] as const) {
    it(`find the file that declares a ${what}`, () => {
      expect(namesOf(descriptors.fileBySymbol(symbol))?.[0]).to.equal(AUTHORIZATION)
    })
  }

  it('find the file of a symbol that another file imports', () => {
    expect(namesOf(descriptors.fileBySymbol('google.protobuf.Timestamp'))).to.deep.equal([TIMESTAMP])
  })

  for (const symbol of [
    '',
    '.',
    'benefits',
    'benefits.v1',
    'benefits.v1.Nothing',
    'benefits.v1.AuthorizeRequest.no_field',
    'benefits.v1.AuthorizationService.NoMethod',
    'benefits.v1.NO_VALUE',
  ]) {
    it(`find no file that declares ${JSON.stringify(symbol)}`, () => {
      expect(descriptors.fileBySymbol(symbol)).to.equal(undefined)
    })
  }

  it('contain each message', () => {
    expect(descriptors.hasMessage('benefits.v1.AuthorizeRequest')).to.equal(true)
  })

  for (const name of ['benefits.v1.Nothing', 'benefits.v1.Reason', 'benefits.v1.AuthorizationService']) {
    it(`contain no message ${name}`, () => {
      expect(descriptors.hasMessage(name)).to.equal(false)
    })
  }
})

function namesOf(files: readonly Buffer[] | undefined): readonly string[] | undefined {
  return files?.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name)
}
