import { expect } from 'chai'
import { findMutants } from '../../../tools/mutation-test/find-mutants.js'
import { regexChanges } from '../../../tools/mutation-test/regex-changes.js'
import { switchableSource } from '../../../tools/mutation-test/switchable-source.js'

/** The mutants of a module, each as what it says instead of what. */
function mutantsOf(source: string): readonly string[] {
  const targets = findMutants('some.ts', source)
  return targets.flatMap(({ mutants }) =>
    mutants.map(({ original, replacement }) => `${original} => ${replacement}`),
  )
}

describe('mutants', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'f(a + b)': ['f(a + b) => ;', 'a + b => a - b'],
    'x = `a` + b': ['x = `a` + b => ;', '`a` => ``'],
    'x = a < b': ['x = a < b => ;', 'a < b => a <= b', 'a < b => true', 'a < b => false'],
    'x = a === b': ['x = a === b => ;', 'a === b => true', 'a === b => false'],
    'if (a) f()': ['a => true', 'a => false'],
    'if (!a) f()': ['!a => true', '!a => false'],
    'if (a && b()) f()': ['a && b() => false', 'a => true', 'b() => true'],
    'if (a || b()) f()': ['a || b() => true', 'a => false', 'b() => false'],
    'while (a) f()': ['a => false', 'f() => ;'],
    'const x = a ?? b': ['a ?? b => a', 'a ?? b => b'],
    'const x = a ? b : c': ['a => true', 'a => false'],
    'const x = (a + b) * c': ['(a + b) * c => (a + b) / c', 'a + b => a - b'],
    'x ??= a': ['x ??= a => ;', 'x ??= a => x = a'],
    'const x = -a': ['-a => a'],
    'const x = [a, 0n]': ['[a, 0n] => []', '0n => 1n'],
    'const x = { a }': ['{ a } => {}'],
    "const x = 'A'": ["'A' => ''"],
    "const x = a === 'A'": ["a === 'A' => true", "a === 'A' => false"],
    'const x = a?.b': ['a?.b => a.b'],
    'const x = a?.[b]': ['a?.[b] => a[b]'],
    'const x = a?.b(c)?.d': ['a?.b(c)?.d => a?.b(c).d', 'a?.b(c)?.d => a.b(c)?.d'],
    'const x = (a ?? b)?.c': ['(a ?? b)?.c => (a ?? b).c', 'a ?? b => a', 'a ?? b => b'],
    'const x = a.filter(f).map(g)': ['a.filter(f) => a'],
    'const x = a?.b.slice(c)': ['a?.b.slice(c) => a?.b', 'a?.b.slice(c) => a.b.slice(c)'],
    'const x = Math.min(a, b)': ['Math.min(a, b) => Math.max(a, b)'],
    'const x = () => a': ['a => undefined'],
    'const x = () => a < b': ['a < b => a <= b', 'a < b => true', 'a < b => false'],
    'function f() { return a }': ['{ return a } => {}'],
    'function f() { a() }': ['a() => ;'],
    'if (a) { b() } else c()': ['a => true', 'a => false', 'b() => ;', 'c() => ;'],
    "type A = 'A' | B[0]": [],
    "import { a } from 'a'": [],
    "export { a } from 'a'": [],
    "const x = a as 'A'": [],
    "const x: 'A' = a": [],
    'const { a: b } = c': [],
    "invariant(a, 'words')": ["invariant(a, 'words') => ;"],
    "const x = new AnyError('A_CODE', 'words')": ["'A_CODE' => ''"],
    'const x = /^a/': ['/^a/ => /a/'],
  }
  for (const [source, expected] of Object.entries(cases))
    it(`of ${source}`, () => {
      expect([...mutantsOf(source)].sort()).to.deep.equal([...expected].sort())
    })

  it('know what they are in', () => {
    const source =
      'const top = () => [a]\nclass Some { #field = [b]; get method() { const inner = [c]; return inner } }'
    const scopes = findMutants('some.ts', source).flatMap(({ mutants }) => mutants.map(({ scope }) => scope))
    expect(new Set(scopes)).to.deep.equal(new Set(['top', 'Some.#field', 'Some.method']))
  })

  it('are not invented for an unparsable source', () => {
    expect(() => findMutants('some.ts', 'const = 1')).to.throw('some.ts cannot be parsed')
  })

  it('of a pattern lack an anchor, a bound, or mean the opposite class', () => {
    expect(regexChanges('^[a-z]\\d{2}(?:-b)?$')).to.have.members([
      '[a-z]\\d{2}(?:-b)?$',
      '^[^a-z]\\d{2}(?:-b)?$',
      '^[a-z]\\D{2}(?:-b)?$',
      '^[a-z]\\d(?:-b)?$',
      '^[a-z]\\d{2}(?:-b)$',
      '^[a-z]\\d{2}(?:-b)?',
    ])
  })
})

describe('a switchable source', () => {
  const source = `
    let calls = 0
    const count = () => { calls += 1; return calls }
    const twice = (a, b) => {
      if (a < b && b !== 0) count()
      count()
      return [a, b].map((one) => one + one)
    }
    result = [twice(1, 2), twice(2, 2), calls]`

  /** The result with this mutant active, and the mutants that it reaches. */
  function run(mutant: number, first = 7): { readonly result: unknown; readonly seen: ReadonlySet<number> } {
    const { text } = switchableSource(source, findMutants('some.ts', source), first)
    const seen = new Set<number>()
    const isIn = (from: number, size: number): boolean => {
      for (let one = from; one < from + size; one++) seen.add(one)
      return mutant >= from && mutant < from + size
    }
    const body = new Function('$in', '$is', `let result; ${text}; return result`)
    return { result: body(isIn, (one: number) => one === mutant), seen }
  }

  it('behaves like the source while no mutant is active', () => {
    expect(run(-1).result).to.deep.equal([[2, 4], [4, 4], 3])
  })

  it('behaves like a mutant while that mutant is active', () => {
    const targets = findMutants('some.ts', source)
    const { mutants } = switchableSource(source, targets, 7)
    expect(mutants).to.have.length.above(15)
    for (const [index, { start, end, replacement }] of mutants.entries()) {
      const changed = source.slice(0, start) + replacement + source.slice(end)
      const outcome = (find: () => unknown): unknown => {
        try {
          return find()
        } catch {
          return 'fails'
        }
      }
      const expected = outcome(() => new Function(`let result; ${changed}; return result`)())
      expect(
        outcome(() => run(7 + index).result),
        changed,
      ).to.deep.equal(expected)
    }
  })

  it('reports every mutant that is reached', () => {
    const { mutants } = switchableSource(source, findMutants('some.ts', source), 7)
    expect(run(-1).seen).to.deep.equal(new Set(mutants.map((_, index) => 7 + index)))
  })
})
