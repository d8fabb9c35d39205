import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { expect } from 'chai'
import { unusedRows, violationsOf } from './boundary-violations.js'
import { importsOf, modulesIn } from './imports.js'

const root = process.cwd()

/** The problems in parts of a folder. */
function check(folder: string, ...parts: readonly string[]): readonly string[] {
  const modules = parts.flatMap((part) => modulesIn(folder, part))
  return violationsOf(
    modules.flatMap((module) => importsOf(folder, module)),
    modules,
  )
}

describe('module boundaries', () => {
  it('are respected', () => {
    expect(check(root, 'src', 'cli', 'console', 'tools', 'bench', 'test')).to.deep.equal([])
  })

  it('list a module for each row of the table', () => {
    const modules = ['src', 'cli', 'console', 'tools', 'bench', 'test'].flatMap((part) =>
      modulesIn(root, part),
    )
    expect(unusedRows(modules)).to.deep.equal([])
  })

  it('are checked for every module that the compiler builds', () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const listed = execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--listFilesOnly'], {
      encoding: 'utf8',
    })
    const built = listed.split('\n').map((path) => relative(root, path))
    const expected = built.filter((path) => path.startsWith('src/')).sort()
    const modules = modulesIn(root, 'src')
    expect(modules).to.deep.equal(expected).and.not.empty
    expect(modules.flatMap((module) => importsOf(root, module))).to.have.length.above(modules.length)
  })

  it('keep OpenTelemetry out of the modules that are loaded without tracing', () => {
    const imports = modulesIn(root, 'src').flatMap((module) => importsOf(root, module))
    const loaded = new Set(['src/main.ts'])
    // Iterating a set includes values added meanwhile.
    for (const module of loaded) {
      const needed = imports.filter(({ from, typeOnly, dynamic }) => from === module && !typeOnly && !dynamic)
      for (const { to } of needed) loaded.add(to)
    }
    expect([...loaded]).to.include.members(['src/observability/tracing/open-tracing.ts', 'mongodb'])
    expect([...loaded].filter((name) => name.startsWith('@opentelemetry/'))).to.deep.equal([])
  })

  it('keep development packages out of the service', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const packages = modulesIn(root, 'src')
      .flatMap((module) => importsOf(root, module))
      .map(({ to }) => to)
      .filter((to) => !/^(src\/|node:)/.test(to))
    expect(Object.keys(dependencies)).to.include.members(packages)
    expect(packages).to.include('mongodb')
  })
})

describe('the check of module boundaries', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'boundaries-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function plant(files: Readonly<Record<string, string>>): readonly string[] {
    for (const [path, source] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), source)
    }
    return check(folder, ...new Set(Object.keys(files).map((path) => path.slice(0, path.indexOf('/')))))
  }

  const store = { 'src/storage/store.ts': 'export type Store = 1; export const store = 1' }
  const forbidden: readonly (readonly [what: string, module: string, source: string, target: string])[] = [
    ['a layer', 'src/grpc/x.ts', `import { store } from '../storage/store.js'`, 'src/storage/store.ts'],
    [
      'its types',
      'src/grpc/x.ts',
      `import type { Store } from '../storage/store.js'`,
      'src/storage/store.ts',
    ],
    [
      'a type in passing',
      'src/grpc/x.ts',
      `type A = import('../storage/store.js').Store`,
      'src/storage/store.ts',
    ],
    ['a re-export', 'src/domain/x.ts', `export * from '../storage/store.js'`, 'src/storage/store.ts'],
    ['an import()', 'src/http/x.ts', `await import('../storage/store.js')`, 'src/storage/store.ts'],
    ['a side effect', 'src/application/x.ts', `import '../storage/store.js'`, 'src/storage/store.ts'],
    ['a package', 'src/application/x.ts', `import { Counter } from 'prom-client'`, 'prom-client'],
    ['a part of a package', 'src/http/x.ts', `import x from 'pino/file'`, 'pino'],
    ['a development package', 'src/domain/x.ts', `import { expect } from 'chai'`, 'chai'],
    ['a built-in module', 'src/domain/x.ts', `import { readFileSync } from 'node:fs'`, 'node:fs'],
    [
      'a package for other than types',
      'src/service/service.ts',
      `import { MongoClient } from 'mongodb'`,
      'mongodb',
    ],
    [
      'the benchmark',
      'src/service/service.ts',
      `import { plan } from '../../bench/scenarios.js'`,
      'bench/scenarios.ts',
    ],
    [
      'the service',
      'bench/load/x.ts',
      `import { store } from '../../src/storage/store.js'`,
      'src/storage/store.ts',
    ],
    ['another module’s package', 'src/grpc/server.ts', `import jwt from 'jsonwebtoken'`, 'jsonwebtoken'],
  ]
  for (const [what, module, source, target] of forbidden) {
    it(`reports ${what}: ${source}`, () => {
      expect(plant({ ...store, [module]: source })).to.deep.equal([`${module} must not import ${target}`])
    })
  }

  it('allows a command to load the local MongoDB only on demand', () => {
    const local = { 'tools/dev/local-mongo/local-mongo.ts': 'export const a = 1' }
    const path = '../tools/dev/local-mongo/local-mongo.js'
    expect(plant({ ...local, 'cli/database.ts': `await import('${path}')` })).to.deep.equal([])
    expect(plant({ ...local, 'cli/database.ts': `import '${path}'` })).to.deep.equal([
      'cli/database.ts must not import tools/dev/local-mongo/local-mongo.ts',
    ])
  })

  for (const back of ["import { a } from './a.js'", "import type { A } from './a.js'"]) {
    it(`reports a cycle that ends with ${back}`, () => {
      const a = { 'src/domain/a.ts': `import { b } from './b.js'` }
      expect(plant({ ...a, 'src/domain/b.ts': back })).to.deep.equal([
        'src/domain/a.ts -> src/domain/b.ts -> src/domain/a.ts',
      ])
    })
  }

  const upwards = [
    ['src/domain/x.ts', 'tools/x.ts'],
    ['src/domain/x.ts', 'cli/x.ts'],
    ['tools/x.ts', 'cli/x.ts'],
    ['tools/x.ts', 'bench/x.ts'],
    ['tools/x.ts', 'test/x.ts'],
    ['cli/x.ts', 'tools/table.ts'],
    ['cli/x.ts', 'bench/x.ts'],
    ['cli/x.ts', 'test/x.ts'],
    ['bench/x.ts', 'cli/x.ts'],
    ['bench/x.ts', 'test/x.ts'],
  ] as const
  for (const [from, to] of upwards) {
    it(`reports an import of ${to} by ${from}`, () => {
      const up = '../'.repeat(from.split('/').length - 1)
      const source = `import '${up}${to.replace('.ts', '.js')}'`
      expect(plant({ [from]: source, [to]: '' })).to.deep.equal([`${from} must not import ${to}`])
    })
  }

  it('allows tests to import the modules under test', () => {
    const source = ['src/domain', 'cli', 'tools', 'bench'].map((folder) => `import '../${folder}/x.js'`)
    const others = { 'src/domain/x.ts': '', 'cli/x.ts': '', 'tools/x.ts': '', 'bench/x.ts': '' }
    expect(plant({ ...others, 'test/x.ts': source.join('; ') })).to.deep.equal([])
  })

  it('reports a module without a rule, and a missing module', () => {
    expect(plant({ 'src/new/x.ts': '', 'src/domain/y.ts': `import './z.js'` })).to.deep.equal([
      'src/new/x.ts is in no row of the table',
      'src/domain/y.ts imports src/domain/z.ts, which is not there',
    ])
  })

  it('rejects an unreadable module', () => {
    expect(() => plant({ 'src/main.ts': 'await import(process.argv[2])' })).to.throw('computes the name')
    expect(() => plant({ 'src/main.ts': 'import {' })).to.throw('cannot be parsed')
  })
})
