import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { Campaign } from '../../../tools/mutation-test/campaign.js'
import { findMutants } from '../../../tools/mutation-test/find-mutants.js'
import type { Mutant, Outcome } from '../../../tools/mutation-test/mutant.js'
import { switchableSource } from '../../../tools/mutation-test/switchable-source.js'
import { useTempFolder } from '../../support/temp-folder.js'

const source = `
export const first = [1]
export function sum(numbers: readonly number[]): number {
  let result = 0
  for (let left = numbers.length; left > 0; left--) result += numbers[left - 1] ?? 0
  return result
}
export function largest(a: number, b: number): number {
  return a > b ? a : b
}
export function unasked(): boolean {
  return true
}
export async function later(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  invariant(first.length > 0, 'there is one')
}
export async function answer(): Promise<number> {
  return await new Promise((resolve) => resolve(42))
}
function invariant(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}
`

const tests = `
import { strictEqual } from 'node:assert'
import { answer, first, largest, later, sum } from '../../src/domain/toy.js'

describe('a toy', () => {
  it('begins with one', () => strictEqual(first[0], 1))
  it('adds up', () => strictEqual(sum([1, 2]), 3))
  it('finds the largest', () => strictEqual(largest(2, 1) + largest(1, 2), 4))
  it('is answered', async () => strictEqual(await answer(), 42))
  it('does not wait', () => {
    void later()
  })
})
`

describe('a campaign of mutants', () => {
  const tempFolder = useTempFolder()
  const outcomes = new Map<string, Outcome>()

  before(async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'src/domain'), { recursive: true })
    mkdirSync(join(folder, 'test/domain'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    const { text, mutants } = switchableSource(source, findMutants('src/domain/toy.ts', source), 0)
    writeFileSync(join(folder, 'src/domain/toy.ts'), text)
    writeFileSync(join(folder, 'test/domain/toy.test.ts'), tests)
    const found = await new Campaign({
      folder,
      mutants,
      tests: ['test/domain/toy.test.ts'],
      onResult: () => {},
    }).run()
    for (const [index, outcome] of found.entries()) outcomes.set(nameOf(mutants[index]), outcome)
  })

  const expected: Readonly<Record<string, Outcome>> = {
    'numbers[left - 1] ?? 0 => 0': { type: 'KILLED', by: 'a toy adds up' },
    'left > 0 => false': { type: 'KILLED', by: 'a toy adds up' },
    'left-- => left++': { type: 'TIMED_OUT', by: 'a toy adds up' },
    'resolve(42) => undefined': { type: 'TIMED_OUT', by: 'a toy is answered' },
    'left > 0 => left >= 0': { type: 'SURVIVED' },
    'a > b => true': { type: 'KILLED', by: 'a toy finds the largest' },
    'a > b => a >= b': { type: 'SURVIVED' },
    // Only while the module is loaded.
    '[1] => []': { type: 'KILLED', by: 'a toy begins with one' },
    // After its test has passed.
    'first.length > 0 => false': { type: 'KILLED', by: 'a rejection that nobody handles' },
    'true => false': { type: 'NOT_COVERED' },
  }
  for (const [name, outcome] of Object.entries(expected))
    it(`finds that ${name} is ${outcome.type}`, () => {
      expect(outcomes.get(name)).to.deep.equal(outcome)
    })
})

function nameOf(mutant: Mutant | undefined): string {
  return `${mutant?.original} => ${mutant?.replacement}`
}
