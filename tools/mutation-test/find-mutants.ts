import { type Node, parseSync, visitorKeys } from 'oxc-parser'
import type { Change } from './change.js'
import type { Mutant, Target } from './mutant.js'
import { changesOf } from './operators.js'

/** What is walked through: where one is, and what cannot be changed there. */
type Way = {
  readonly parent: Node | undefined
  readonly scope: string
  readonly chain: Node | undefined
}

/** Nodes of types that stand around an expression. All others whose names begin so are not there at run time. */
const typedExpressions = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'])
const skipped = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'ImportExpression'])

/**
 * Finds every mutant of a module, outer targets before the ones in them. Texts for people, in invariants and errors, are left as
 * they are: no test should hang on their words.
 *
 * @throws Error when it cannot be parsed.
 */
export function findMutants(file: string, source: string): readonly Target[] {
  const { program, errors } = parseSync(file, source, { preserveParens: false })
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  const targets = new Map<string, Target & { readonly mutants: Mutant[] }>()
  const add = ({ of, text, mutator }: Change, scope: string): void => {
    const { start, end } = of
    const kind = kindOf(of)
    const key = `${start}-${end} ${kind}`
    const target = targets.get(key) ?? { start, end, kind, mutants: [] }
    targets.set(key, target)
    const original = source.slice(start, end)
    target.mutants.push({ file, scope, mutator, start, end, original, replacement: text })
  }
  const visit = (node: Node, way: Way): void => {
    if (skipped.has(node.type) || (node.type.startsWith('TS') && !typedExpressions.has(node.type))) return
    for (const change of changesOf(node, { source, parent: way.parent, chain: way.chain }))
      add(change, way.scope)
    const scope = scopeOf(node, way, source)
    for (const child of childrenOf(node))
      visit(child, { parent: node, scope, chain: chainOf(child, node, way) })
  }
  visit(program, { parent: undefined, scope: '', chain: undefined })
  return [...targets.values()]
}

function kindOf(node: Node): Target['kind'] {
  if (node.type === 'BlockStatement') return 'BLOCK'
  return node.type === 'ExpressionStatement' ? 'STATEMENT' : 'EXPRESSION'
}

/** The nodes right below that can be changed: no names of properties, and no words. */
function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = []
  for (const key of visitorKeys[node.type] ?? []) {
    if (key === 'source' || (key === 'key' && !('computed' in node && node.computed))) continue
    // The keys are those of this node's type.
    const value = (node as unknown as Readonly<Record<string, unknown>>)[key]
    const list = Array.isArray(value) ? value : [value]
    children.push(...list.filter((child, index) => isNode(child) && !isWords(node, key, index)))
  }
  return children
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** What an invariant or an error says. */
function isWords(node: Node, key: string, index: number): boolean {
  if (key !== 'arguments') return false
  const name = 'callee' in node && node.callee.type === 'Identifier' ? node.callee.name : ''
  if (node.type === 'CallExpression') return name === 'invariant' && index === 1
  const argument = node.type === 'NewExpression' && /Error$/.test(name) ? node.arguments[index] : undefined
  const isCode = argument?.type === 'Literal' && /^[A-Z_]+$/.test(String(argument.value))
  const isText = argument?.type === 'Literal' || argument?.type === 'TemplateLiteral'
  return isText && !isCode
}

/** The whole of the optional chain that this child is a link of. */
function chainOf(child: Node, node: Node, { chain }: Way): Node | undefined {
  if (node.type === 'ChainExpression') return node
  const isLink =
    (node.type === 'MemberExpression' && node.object === child) ||
    (node.type === 'CallExpression' && node.callee === child) ||
    (node.type === 'TSNonNullExpression' && node.expression === child)
  return isLink ? chain : undefined
}

function scopeOf(node: Node, { parent, scope }: Way, source: string): string {
  switch (node.type) {
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
      return scope === '' ? (node.id?.name ?? '') : scope
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return `${scope}.${source.slice(node.key.start, node.key.end)}`
    case 'VariableDeclarator':
      return scope === '' && parent?.type === 'VariableDeclaration'
        ? source.slice(node.id.start, node.id.end)
        : scope
    default:
      return scope
  }
}
