import { filesIn } from './sandbox.js'

/** A part of the sources whose tests are put to the test. */
export type Area = { readonly name: string; readonly files: readonly string[] }

/** Use cases in `src/application` that the engine carries out, and what explains it afterwards. */
const beside = [
  'authorize',
  'budget',
  'change-limits',
  'change-status',
  'credit-account',
  'errors',
  'open-account',
  'reverse',
  'simulate',
  'statement',
  'verify',
  'zone-calendar',
]

export function allAreas(): readonly Area[] {
  return [
    { name: 'domain', files: filesIn('src/domain') },
    {
      name: 'engine',
      files: [...filesIn('src/application/engine'), ...beside.map((name) => `src/application/${name}.ts`)],
    },
  ]
}

/** The tests that are to notice: those that need nothing outside their process. */
export function allTests(): readonly string[] {
  return [
    ...filesIn('test/unit/domain', '.test.ts'),
    ...filesIn('test/unit/application', '.test.ts'),
    ...filesIn('test/unit/application/engine', '.test.ts'),
    ...filesIn('test/mutation', '.test.ts'),
  ]
}
