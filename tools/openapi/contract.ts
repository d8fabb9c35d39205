import { execFileSync } from 'node:child_process'
import {
  createFileRegistry,
  type DescEnum,
  type DescFile,
  type DescMessage,
  type DescService,
  fromBinary,
} from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'

const PACKAGE = 'benefits.v1'
/** Field numbers of the declarations in FileDescriptorProto, of which the paths of comments are made. */
const MESSAGES = 4
const ENUMS = 5
const SERVICES = 6
/** Field number of the members in the descriptors of messages, enums and services. */
const MEMBERS = 2
const DESCRIPTORS_BYTES_MAX = 16 * 2 ** 20

/** Anything that a proto file declares and comments. */
export type Declaration = DescMessage | DescEnum | DescService
export type Member = { readonly name: string; readonly parent: Declaration }

/** The proto files of the service with their comments. */
export type Contract = {
  /** Services in alphabetical order of their files. */
  readonly services: readonly DescService[]
  /** Returns the comment, without the `//`. Empty when there is none. */
  readonly commentOf: (declared: Declaration | Member) => string
}

/** Compiles the proto files with buf. */
export function readContract(): Contract {
  const binary = execFileSync('node_modules/.bin/buf', ['build', '--as-file-descriptor-set', '-o', '-'], {
    maxBuffer: DESCRIPTORS_BYTES_MAX,
  })
  const files = [...createFileRegistry(fromBinary(FileDescriptorSetSchema, binary)).files]
  const comments = new Map(files.flatMap(commentsOf))
  return {
    services: files.filter(({ proto }) => proto.package === PACKAGE).flatMap(({ services }) => services),
    commentOf: (declared) => comments.get(nameOf(declared)) ?? '',
  }
}

function nameOf(declared: Declaration | Member): string {
  return 'typeName' in declared ? declared.typeName : `${declared.parent.typeName}/${declared.name}`
}

/** The comments of a file, by the names of what they comment. */
function commentsOf(file: DescFile): readonly (readonly [string, string])[] {
  const byPath = new Map(
    file.proto.sourceCodeInfo?.location.map(({ path, leadingComments }) => [path.join(), leadingComments]),
  )
  const entry = (name: string, path: readonly number[]) =>
    [name, unindented(byPath.get(path.join()) ?? '')] as const
  const entries = (declared: Declaration, path: readonly number[], members: readonly { name: string }[]) => [
    entry(declared.typeName, path),
    ...members.map(({ name }, index) => entry(`${declared.typeName}/${name}`, [...path, MEMBERS, index])),
  ]
  return [
    ...file.messages.flatMap((each, index) => entries(each, [MESSAGES, index], each.fields)),
    ...file.enums.flatMap((each, index) => entries(each, [ENUMS, index], each.values)),
    ...file.services.flatMap((each, index) => entries(each, [SERVICES, index], each.methods)),
  ]
}

function unindented(comment: string): string {
  return comment
    .split('\n')
    .filter((line) => !line.startsWith(' buf:lint:'))
    .map((line) => line.replace(/^ /, ''))
    .join('\n')
    .trim()
}
