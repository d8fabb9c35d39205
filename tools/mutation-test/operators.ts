import type { Argument, Expression, Node } from 'oxc-parser'
import { callChanges, unchained } from './calls.js'
import type { Change, Place } from './change.js'
import { conditionChanges, isCondition, isOnlyConsequence, isTest } from './conditions.js'
import type { Mutator } from './mutant.js'
import { regexChanges } from './regex-changes.js'

type Of<Type extends Node['type']> = Extract<Node, { type: Type }>

const arithmetic: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
}
/** Operators that differ at the boundary alone; the other comparisons are only always true, or always false. */
const atBoundary: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' }
const assignments: Readonly<Record<string, string>> = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '&&=': '=',
  '||=': '=',
  '??=': '=',
}

/** The changes of one node. Of two that no test could tell apart, there is one. */
export function changesOf(node: Node, place: Place): readonly Change[] {
  return [...expressionChanges(node, place), ...wholeChanges(node, place), ...conditionChanges(node, place)]
}

/** Changes within an expression. */
function expressionChanges(node: Node, place: Place): readonly Change[] {
  switch (node.type) {
    case 'BinaryExpression':
      return binaryChanges(node, place)
    case 'LogicalExpression':
      return defaultChanges(node, place)
    case 'AssignmentExpression':
      return assignmentChanges(node, place)
    case 'UpdateExpression':
      return updateChanges(node, place)
    case 'UnaryExpression':
      return unaryChanges(node, place)
    case 'CallExpression':
      return callChanges(node, place)
    case 'MemberExpression':
      return node.optional ? [unchained(node, place)] : []
    case 'Literal':
      return literalChanges(node, place)
    default:
      return []
  }
}

/** What is there in the place of something is nothing. */
function wholeChanges(node: Node, { parent }: Place): readonly Change[] {
  const none = (mutator: Mutator, text: string, isNew: boolean): readonly Change[] =>
    isNew ? [{ mutator, of: node, text }] : []
  switch (node.type) {
    case 'TemplateLiteral':
      return none('String', '``', parent?.type !== 'TaggedTemplateExpression')
    case 'ArrayExpression':
      return none('Array', '[]', node.elements.length > 0)
    case 'ObjectExpression':
      return none('Object', '{}', node.properties.length > 0)
    case 'ArrowFunctionExpression':
      return arrowChanges(node.body)
    case 'BlockStatement':
      return none('Block', '{}', isWorthEmptying(node, parent))
    case 'ExpressionStatement':
      return none('Statement', ';', !isOnlyConsequence(node, parent) && !isSuperCall(node.expression))
    default:
      return []
  }
}

function binaryChanges(node: Of<'BinaryExpression'>, { source }: Place): readonly Change[] {
  const { left, right, operator } = node
  const isText = (side: Node) =>
    side.type === 'TemplateLiteral' || (side.type === 'Literal' && typeof side.value === 'string')
  const counted = arithmetic[operator]
  if (counted !== undefined) {
    if (isText(left) || isText(right)) return []
    return [{ mutator: 'Arithmetic', of: node, text: withOperator(node, counted, source) }]
  }
  const near = atBoundary[operator]
  return near === undefined
    ? []
    : [{ mutator: 'Comparison', of: node, text: withOperator(node, near, source) }]
}

/** The same with another operator. Between the sides there may be parentheses, too. */
function withOperator(
  { start, end, left, right, operator }: Of<'BinaryExpression' | 'AssignmentExpression'>,
  other: string,
  source: string,
): string {
  const between = source.slice(left.end, right.start).replace(operator, other)
  return source.slice(start, left.end) + between + source.slice(right.start, end)
}

function defaultChanges(node: Of<'LogicalExpression'>, { source }: Place): readonly Change[] {
  if (node.operator !== '??') return []
  return [node.left, node.right].map((side) => ({ mutator: 'Default', of: node, text: textOf(side, source) }))
}

function assignmentChanges(node: Of<'AssignmentExpression'>, { source }: Place): readonly Change[] {
  const other = assignments[node.operator]
  return other === undefined
    ? []
    : [{ mutator: 'Assignment', of: node, text: withOperator(node, other, source) }]
}

function updateChanges(node: Of<'UpdateExpression'>, { source }: Place): readonly Change[] {
  const other = node.operator === '++' ? '--' : '++'
  const counted = textOf(node.argument, source)
  return [{ mutator: 'Update', of: node, text: node.prefix ? other + counted : counted + other }]
}

function unaryChanges(node: Of<'UnaryExpression'>, { source, parent }: Place): readonly Change[] {
  const change = (mutator: Mutator): readonly Change[] => [
    { mutator, of: node, text: textOf(node.argument, source) },
  ]
  if (node.operator === '-') return change('Unary')
  return node.operator === '!' && !isTest(node, parent) ? change('Boolean') : []
}

function literalChanges(node: Of<'Literal'>, { parent }: Place): readonly Change[] {
  const change = (mutator: Mutator, text: string): Change => ({ mutator, of: node, text })
  if ('regex' in node && node.regex)
    return regexChanges(node.regex.pattern).map((pattern) =>
      change('Regex', `/${pattern}/${node.regex.flags}`),
    )
  if (typeof node.value === 'boolean') return [change('Boolean', String(!node.value))]
  if (typeof node.value === 'string') {
    // Another text than the one compared with is the same as a comparison that is always false.
    if (parent?.type === 'BinaryExpression') return []
    return [change('String', node.value === '' ? "'mutant'" : "''")]
  }
  const other: Readonly<Record<string, string>> = { '0': '1', '1': '0', '0n': '1n', '1n': '0n' }
  const number = other[node.raw ?? '']
  return number === undefined ? [] : [change('Number', number)]
}

/** A function that is nothing but an expression returns nothing. */
function arrowChanges(body: Node): readonly Change[] {
  const isNothing = body.type === 'Identifier' && body.name === 'undefined'
  if (body.type === 'BlockStatement' || isCondition(body) || isNothing) return []
  return [{ mutator: 'ArrowBody', of: body, text: 'undefined' }]
}

/** Not the block that is emptied as well by another change: of its condition, or of the one statement in it. */
function isWorthEmptying(block: Of<'BlockStatement'>, parent: Node | undefined): boolean {
  const [first, second] = block.body
  const isLoop = parent?.type === 'WhileStatement' || parent?.type === 'DoWhileStatement'
  if (!first || isLoop || isOnlyConsequence(block, parent)) return false
  if (second) return true
  if (first.type === 'ReturnStatement') return first.argument !== null && !isCondition(first.argument)
  return first.type !== 'ExpressionStatement'
}

function isSuperCall(expression: Expression | Argument): boolean {
  return expression.type === 'CallExpression' && expression.callee.type === 'Super'
}

function textOf({ start, end }: Node, source: string): string {
  return source.slice(start, end)
}
