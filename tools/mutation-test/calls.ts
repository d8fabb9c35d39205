import type { Node } from 'oxc-parser'
import type { Change, Place } from './change.js'

/** Methods that have an opposite. */
const opposites: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  toUpperCase: 'toLowerCase',
  toLowerCase: 'toUpperCase',
  trimStart: 'trimEnd',
  trimEnd: 'trimStart',
}
/** Methods that can be left out: what they are called on stands for what they return. */
const omissible = new Set([
  'filter',
  'slice',
  'splice',
  'sort',
  'reverse',
  'trim',
  'normalize',
  'flat',
  'concat',
  'padStart',
])

/** Another method is called, or none, or what may be absent is taken to be there. */
export function callChanges(
  node: Extract<Node, { type: 'CallExpression' }>,
  { source, parent, chain }: Place,
): readonly Change[] {
  const { callee } = node
  const whole = chain ?? node
  const changes: Change[] = []
  if (node.optional) changes.push(unchained(node, { source, parent, chain }))
  if (callee.type !== 'MemberExpression' || callee.computed) return changes
  const edited = (start: number, end: number, instead: string) =>
    source.slice(whole.start, start) + instead + source.slice(end, whole.end)
  const other = Object.hasOwn(opposites, callee.property.name) ? opposites[callee.property.name] : undefined
  if (other !== undefined)
    changes.push({
      mutator: 'Method',
      of: whole,
      text: edited(callee.property.start, callee.property.end, other),
    })
  if (omissible.has(callee.property.name) && parent?.type !== 'ExpressionStatement')
    changes.push({
      mutator: 'Method',
      of: whole,
      text: edited(dotBefore(callee.property, source), node.end, ''),
    })
  return changes
}

/** Where the dot is that a property follows. */
function dotBefore({ start }: Node, source: string): number {
  return source.slice(0, start).search(/\s*\??\.\s*$/)
}

/** The same without its question mark. */
export function unchained(
  node: Extract<Node, { type: 'MemberExpression' | 'CallExpression' }>,
  { source, chain }: Place,
): Change {
  const whole = chain ?? node
  const before = node.type === 'MemberExpression' ? node.object.end : node.callee.end
  const rest = source.slice(before, whole.end)
  const plain = rest.replace(/^([\s)]*)\?\.(?=([[(])?)/, (_, space: string, bracket?: string) =>
    bracket === undefined ? `${space}.` : space,
  )
  return { mutator: 'OptionalChain', of: whole, text: source.slice(whole.start, before) + plain }
}
