import { readFileSync } from 'node:fs'
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import type { Method } from './methods.js'

/**
 * Writes requests and reads answers in the JSON mapping of Protocol Buffers, with zeros and empty fields
 * present.
 */
export type JsonCodec = {
  readonly encode: (request: JsonObject) => Buffer
  readonly decode: (bytes: Buffer) => JsonObject
}

/** The build puts the contract beside the program. */
const DESCRIPTORS = new URL('./descriptors.binpb', import.meta.url)

let registry: ReturnType<typeof createFileRegistry> | undefined

export function jsonCodec({ service, name }: Method): JsonCodec {
  registry ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(DESCRIPTORS)))
  const known = registry
  const description = known.getService(service)?.methods.find((each) => each.name === name)
  if (!description) throw new Error(`the contract has no method ${service}.${name}`)
  const { input, output } = description
  return {
    encode: (request) => Buffer.from(toBinary(input, fromJson(input, request))),
    decode: (bytes) =>
      // The JSON of a message is an object.
      toJson(output, fromBinary(output, bytes), { registry: known, alwaysEmitImplicit: true }) as JsonObject,
  }
}
