import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { parseSync, Visitor } from 'oxc-parser'

/** An import of one module by another. */
export type Import = {
  /** The importing module, such as `src/service/core.ts`. */
  readonly from: string
  /**
   * The imported module: `src/config.ts`, or the name of a package, or `node:` and the name of a built-in
   * one.
   */
  readonly to: string
  /** A type import, absent at run time. */
  readonly typeOnly: boolean
  /** Loaded only on demand. */
  readonly dynamic: boolean
}

/** Lists the TypeScript modules of a folder, and of those in it, by their paths from `root`. */
export function modulesIn(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(folder, path))
    .sort()
}

/**
 * Reads the imports of a module: statements, re-exports, `import()` and types in the form `import('...').T`.
 *
 * @throws Error when it cannot be parsed, or when a module outside `test` computes the name of an import,
 * which would hide it. Tests may import any module.
 */
export function importsOf(root: string, from: string): readonly Import[] {
  const source = readFileSync(join(root, from), 'utf8')
  const { program, module, errors } = parseSync(from, source)
  if (errors.length > 0) throw new Error(`${from} cannot be parsed: ${errors[0]?.message}`)

  const found: Import[] = []
  const add = (specifier: string, how: { readonly typeOnly: boolean; readonly dynamic: boolean }) =>
    found.push({ from, to: targetOf(root, from, specifier), ...how })

  for (const { moduleRequest, entries } of module.staticImports) {
    const typeOnly = entries.length > 0 && entries.every(({ isType }) => isType)
    add(moduleRequest.value, { typeOnly, dynamic: false })
  }
  for (const { moduleRequest, isType } of module.staticExports.flatMap(({ entries }) => entries)) {
    if (moduleRequest) add(moduleRequest.value, { typeOnly: isType, dynamic: false })
  }
  new Visitor({
    ImportExpression: (node) => {
      if (node.source.type === 'Literal') add(String(node.source.value), { typeOnly: false, dynamic: true })
      else if (!from.startsWith('test/')) throw new Error(`${from} computes the name of a module`)
    },
    TSImportType: (node) => add(node.source.value, { typeOnly: true, dynamic: false }),
  }).visit(program)
  return found
}

/** `../../../src/service/core.js` is `src/service/core.ts`; `pino/file` is `pino`, `@grpc/grpc-js/x` is `@grpc/grpc-js`. */
function targetOf(root: string, from: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    const module = join(dirname(from), specifier).replace(/\.js$/, '')
    return existsSync(join(root, `${module}.tsx`)) ? `${module}.tsx` : `${module}.ts`
  }
  if (specifier.startsWith('node:')) return specifier
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
