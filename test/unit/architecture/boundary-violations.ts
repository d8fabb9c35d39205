import { type Boundary, boundaries } from './boundaries.js'
import type { Import } from './imports.js'

/** The modules of this repository, beside packages and built-in modules. */
const ours = /^(src|cli|console|tools|bench|test)\//

/** Lists the paths of the table without a module below them. */
export function unusedRows(modules: readonly string[]): readonly string[] {
  return boundaries.map(({ of }) => of).filter((of) => !modules.some((module) => module.startsWith(of)))
}

/** Describes the problems of the given modules' imports, one line each. */
export function violationsOf(imports: readonly Import[], modules: readonly string[]): readonly string[] {
  const existing = new Set(modules)
  return [
    ...modules.filter((module) => !boundaryOf(module)).map((module) => `${module} is in no row of the table`),
    ...imports.filter((found) => !isAllowed(found)).map(({ from, to }) => `${from} must not import ${to}`),
    ...imports
      .filter(({ to }) => to.startsWith('src/') && !existing.has(to))
      .map(({ from, to }) => `${from} imports ${to}, which is not there`),
    // Circles of types count too.
    ...cyclesOf(imports),
  ]
}

function boundaryOf(module: string): Boundary | undefined {
  return boundaries.find(({ of }) => module.startsWith(of))
}

function isAllowed({ from, to, typeOnly, dynamic }: Import): boolean {
  const { may = [], mayForTypes = [], mayDynamically = [] } = boundaryOf(from) ?? {}
  const allowed = [...may, ...(typeOnly ? mayForTypes : []), ...(dynamic ? mayDynamically : [])]
  return allowed.some((target) => {
    if (target === '*') return !ours.test(to)
    return /[:/]$/.test(target) ? to.startsWith(target) : to === target
  })
}

/** The cycles of imports: a module that is met again during its own visit. */
function cyclesOf(imports: readonly Import[]): readonly string[] {
  const targets = groupTargets(imports)
  const done = new Set<string>()
  const visit = (module: string, path: readonly string[]): readonly string[] => {
    if (path.includes(module)) return [[...path.slice(path.indexOf(module)), module].join(' -> ')]
    if (done.has(module)) return []
    const found = (targets.get(module) ?? []).flatMap((target) => visit(target, [...path, module]))
    done.add(module)
    return found
  }
  return [...targets.keys()].flatMap((module) => visit(module, []))
}

function groupTargets(imports: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to])
  return targets
}
