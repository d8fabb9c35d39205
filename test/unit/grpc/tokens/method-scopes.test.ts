import { readFileSync } from 'node:fs'
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { expect } from 'chai'
import { isOpenMethod, methodScopes } from '../../../../src/grpc/tokens/method-scopes.js'

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync('src/gen/descriptors.binpb')),
)
const services = [...registry].filter((type) => type.kind === 'service')
const methods = services.flatMap(({ typeName, methods: own }) =>
  own.map(({ name }) => `/${typeName}/${name}`),
)
const ours = methods.filter((path) => path.startsWith('/benefits.'))

/** The guide's table: a row for each scope, its methods after it, the name of a service once. */
function documented(): Readonly<Record<string, readonly string[]>> {
  const guide = readFileSync('.docs/guide/tokens-and-tls.md', 'utf8')
  const scopes: Record<string, string[]> = {}
  for (const [, scope = '', names = ''] of guide.matchAll(/^\| `([a-z]+:[a-z]+)` \| (\w+\/.*) \|$/gm)) {
    let service = ''
    for (const name of names.split(', ')) {
      const [method = '', named = service] = name.split('/').reverse()
      service = named
      const path = `/benefits.v1.${service}/${method}`
      scopes[path] = [...(scopes[path] ?? []), scope].sort()
    }
  }
  return scopes
}

describe('method scopes', () => {
  it('name a scope for each method of ours, and for no other', () => {
    expect([...methodScopes.keys()]).to.have.members(ours)
  })

  it('equal those of the guide', () => {
    const scopes = Array.from(methodScopes, ([path, each]) => [path, [...each].sort()])
    expect(documented()).to.deep.equal(Object.fromEntries(scopes))
  })

  it('require a scope for each of our methods', () => {
    expect(ours.filter(isOpenMethod)).to.deep.equal([])
  })

  it('require no token for health and reflection', () => {
    const others = methods.filter((path) => !ours.includes(path))
    expect(others.filter((path) => !isOpenMethod(path))).to.deep.equal([])
  })
})
