import { readFileSync } from 'node:fs'
import {
  createFileRegistry,
  type DescEnum,
  type DescExtension,
  type DescFile,
  type DescMessage,
  type DescService,
  type FileRegistry,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'

/** The descriptors of every proto file of the service, as compiled by buf. Reflection serves them. */
export class Descriptors {
  readonly #registry: FileRegistry
  readonly #fileBySymbol: ReadonlyMap<string, DescFile>
  /** Serialized files, cached at the first request. */
  readonly #serialized = new Map<DescFile, readonly Buffer[]>()

  constructor(descriptorSet: Uint8Array) {
    this.#registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet))
    this.#fileBySymbol = new Map(
      [...this.#registry].flatMap((type) => symbolsOf(type).map((symbol) => [symbol, type.file])),
    )
  }

  /** Returns the serialized file of this name and all that it imports. Undefined when there is none. */
  fileByName(name: string): readonly Buffer[] | undefined {
    return this.#withImports(this.#registry.getFile(name))
  }

  /** Returns the file that declares a type, service, method, field or enum value, and all that it imports. */
  fileBySymbol(symbol: string): readonly Buffer[] | undefined {
    return this.#withImports(this.#fileBySymbol.get(symbol))
  }

  /** Whether a message of this name exists. */
  hasMessage(typeName: string): boolean {
    return this.#registry.getMessage(typeName) !== undefined
  }

  /**
   * Returns the request type of a method, given its path: "/benefits.v1.AccountService/GetAccount".
   *
   * @throws Error when the method does not exist.
   */
  requestOf(path: string): DescMessage {
    const [, service = '', name] = path.split('/')
    const method = this.#registry.getService(service)?.methods.find((one) => one.name === name)
    if (!method) throw new Error(`the descriptors have no method ${path}: run npm run generate`)
    return method.input
  }

  #withImports(file: DescFile | undefined): readonly Buffer[] | undefined {
    if (!file) return undefined
    const known = this.#serialized.get(file)
    if (known) return known
    const serialized = withImports(file)
    this.#serialized.set(file, serialized)
    return serialized
  }
}

/** Reads the descriptor set that `buf build` writes beside the generated code. */
export function loadDescriptors(): Descriptors {
  return new Descriptors(readFileSync(new URL('../../gen/descriptors.binpb', import.meta.url)))
}

/** The full names that a type or a service declares, its own first. */
function symbolsOf(type: DescMessage | DescEnum | DescExtension | DescService): readonly string[] {
  const members = (names: readonly { readonly name: string }[]) =>
    names.map(({ name }) => `${type.typeName}.${name}`)
  switch (type.kind) {
    case 'message':
      return [type.typeName, ...members(type.fields), ...members(type.oneofs)]
    case 'enum':
      // Enum values belong to the scope around the enum.
      return [type.typeName, ...type.values.map(({ name }) => siblingOf(type.typeName, name))]
    case 'service':
      return [type.typeName, ...members(type.methods)]
    case 'extension':
      return [type.typeName]
  }
}

function siblingOf(typeName: string, name: string): string {
  return typeName.slice(0, typeName.lastIndexOf('.') + 1) + name
}

function withImports(file: DescFile): readonly Buffer[] {
  const files = new Set([file])
  // A Set's iteration includes items added meanwhile, so the loop reaches indirect imports.
  for (const { dependencies } of files) for (const dependency of dependencies) files.add(dependency)
  return Array.from(files, ({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)))
}
