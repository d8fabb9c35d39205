import type { Node } from 'oxc-parser'
import type { Change, Place } from './change.js'

const comparisons = new Set(['<', '<=', '>', '>=', '===', '!==', 'in', 'instanceof'])

/**
 * What decides is always true, or always false. Of `a && b` each side is always true, and the whole is false; of `a || b` each side is
 * always false, and the whole is true: what else could be said of them follows from these.
 */
export function conditionChanges(node: Node, { parent }: Place): readonly Change[] {
  const change = (value: boolean): Change => ({ mutator: 'Condition', of: node, text: String(value) })
  const part = partOf(node, parent)
  const changes: Change[] = []
  if (part !== undefined) changes.push(change(part))
  if (node.type === 'LogicalExpression' && node.operator !== '??') {
    const whole = node.operator === '||'
    if (part !== whole) changes.push(change(whole))
    return changes
  }
  if (part !== undefined) return changes
  if (isLoopTest(node, parent)) return [change(false)]
  return isTest(node, parent) || isComparison(node) ? [change(true), change(false)] : []
}

/** What the side of a logical expression is replaced by. */
function partOf(node: Node, parent: Node | undefined): boolean | undefined {
  if (parent?.type !== 'LogicalExpression' || parent.operator === '??') return undefined
  // What is given back, rather than asked for, is no condition.
  if (parent.right === node && !isComparison(node) && !isBoolean(node)) return undefined
  return parent.operator === '&&'
}

function isBoolean(node: Node): boolean {
  return (
    node.type === 'Identifier' ||
    node.type === 'CallExpression' ||
    node.type === 'LogicalExpression' ||
    (node.type === 'UnaryExpression' && node.operator === '!')
  )
}

function isComparison(node: Node): boolean {
  return node.type === 'BinaryExpression' && comparisons.has(node.operator)
}

/** Nothing says no as well as false does. */
export function isCondition(node: Node): boolean {
  const isNot = node.type === 'UnaryExpression' && node.operator === '!'
  return isNot || isComparison(node) || (node.type === 'LogicalExpression' && node.operator !== '??')
}

export function isTest(node: Node, parent: Node | undefined): boolean {
  return (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') && parent.test === node
}

function isLoopTest(node: Node, parent: Node | undefined): boolean {
  const isLoop =
    parent?.type === 'WhileStatement' ||
    parent?.type === 'DoWhileStatement' ||
    parent?.type === 'ForStatement'
  return isLoop && parent.test === node
}

/** Left out, it is as if the condition did not hold. */
export function isOnlyConsequence(node: Node, parent: Node | undefined): boolean {
  return parent?.type === 'IfStatement' && parent.consequent === node && parent.alternate === null
}
