import { readFileSync } from 'node:fs'
import {
  createFileRegistry,
  type DescFile,
  type FileRegistry,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'

/** Every proto file of the service, as buf compiled them: what reflection tells its callers. */
export class Descriptors {
  readonly #registry: FileRegistry

  constructor(descriptorSet: Uint8Array) {
    this.#registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet))
  }

  /** The file of this name and all that it imports, serialized; undefined when there is none. */
  fileByName(name: string): readonly Buffer[] | undefined {
    return withImports(this.#registry.getFile(name))
  }

  /** The file that declares a type, service, method, field or enum value, and all that it imports. */
  fileBySymbol(symbol: string): readonly Buffer[] | undefined {
    const parent = symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')))
    return withImports((this.#registry.get(symbol) ?? this.#registry.get(parent))?.file)
  }

  /** Whether there is a message of this name. */
  hasMessage(typeName: string): boolean {
    return this.#registry.getMessage(typeName) !== undefined
  }
}

/** Reads the descriptor set that `buf build` wrote beside the generated code. */
export function loadDescriptors(): Descriptors {
  return new Descriptors(readFileSync(new URL('../gen/descriptors.binpb', import.meta.url)))
}

function withImports(file: DescFile | undefined): readonly Buffer[] | undefined {
  if (!file) return undefined
  const files = new Set([file])
  // A Set visits what is added while it is walked: so this reaches the imports of imports.
  for (const { dependencies } of files) for (const dependency of dependencies) files.add(dependency)
  return Array.from(files, ({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)))
}
