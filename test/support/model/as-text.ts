import { expect } from 'chai'

/** A text for any value, with sorted fields. */
export function textOf(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${name}: ${textOf(field)}`).join(', ')}}`
}

/**
 * Compares deeply, and prints both in full when they differ: a counterexample of the model is hard enough to
 * read.
 */
export function expectSame(found: unknown, expected: unknown): void {
  expect(found, `\nfound    ${textOf(found)}\nexpected ${textOf(expected)}\n`).to.deep.equal(expected)
}
