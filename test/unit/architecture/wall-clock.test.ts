import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Expression, parseSync, Visitor } from 'oxc-parser'
import { modulesIn } from './imports.js'

const root = process.cwd()

/**
 * The modules that read the wall clock, and their purpose. The clock may jump either way, so durations and
 * waits use the monotonic one.
 */
const readers: Readonly<Record<string, string>> = {
  'src/grpc/interceptors/observation.ts': 'how much time a caller gives, which grpc-js has as a moment',
  'src/grpc/stream-lifetime.ts': 'how long a token is still valid',
  'src/observability/logging/logger.ts': 'the time of a line',
  'src/service/core.ts': 'when a decision is recorded, and on which day',
  'src/service/credentials.ts': 'whether a token is valid',
  'src/service/key-watch.ts': 'whether a certificate has expired',
  'src/storage/books-identity.ts': 'when the books were made',
  'src/storage/schema.ts': 'when the catalog was made',
}

/** Whether a module reads the current time: `Date.now`, or `new Date()` and `Date()` without a time. */
function looksAtWallClock(path: string, source: string): boolean {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`)
  let looks = false
  const isDate = (node: Expression) => node.type === 'Identifier' && node.name === 'Date'
  new Visitor({
    MemberExpression: ({ object, property }) => {
      if (isDate(object) && 'name' in property && property.name === 'now') looks = true
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (isDate(callee) && given.length === 0) looks = true
    },
    CallExpression: ({ callee }) => {
      if (isDate(callee)) looks = true
    },
  }).visit(program)
  return looks
}

describe('the wall clock', () => {
  it('is read only by modules with a declared purpose', () => {
    const looking = modulesIn(root, 'src')
      .filter((path) => !path.startsWith('src/gen/'))
      .filter((path) => looksAtWallClock(path, readFileSync(join(root, path), 'utf8')))
    expect(looking).to.deep.equal(Object.keys(readers))
  })

  for (const [source, looks] of [
    ['const nowMs = Date.now', true],
    ['const endsAtMs = Date.now() + 5', true],
    ['const at = new Date()', true],
    ['const text = Date()', true],
    ['const at = new Date(0)', false],
    ['const at = Date.parse(text)', false],
    ['const startedMs = performance.now()', false],
  ] as const) {
    it(`is ${looks ? '' : 'not '}read by "${source}"`, () => {
      expect(looksAtWallClock('x.ts', source)).to.equal(looks)
    })
  }
})
