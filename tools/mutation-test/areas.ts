import { filesIn } from './sandbox.js'

/** A part of the sources whose tests are put to the test. */
export type Area = { readonly name: string; readonly files: readonly string[] }

/** What loads, decides, commits, answers and settles, and what explains it afterwards: in `src/application`. */
const engine = [
  'admission',
  'authorize',
  'budget',
  'change-limits',
  'change-status',
  'credit-account',
  'engine',
  'engine/background-turns',
  'engine/bounded-recency-map',
  'engine/fair-queue',
  'engine/fifo',
  'engine/lanes',
  'engine/subject-queue',
  'engines',
  'errors',
  'group-commit',
  'history',
  'open-account',
  'packing',
  'pauses',
  'pending-request',
  'recency-map',
  'recent-accounts',
  'reverse',
  'settler',
  'settlers',
  'simulate',
  'statement',
  'verify',
  'withheld',
  'zone-calendar',
]

export function allAreas(): readonly Area[] {
  return [
    { name: 'domain', files: filesIn('src/domain') },
    { name: 'engine', files: engine.map((name) => `src/application/${name}.ts`) },
  ]
}

/** The tests that are to notice: those that need nothing outside their process. */
export function allTests(): readonly string[] {
  return [
    ...filesIn('test/unit/domain', '.test.ts'),
    ...filesIn('test/unit/application', '.test.ts'),
    ...filesIn('test/mutation', '.test.ts'),
  ]
}
