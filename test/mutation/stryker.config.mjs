import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// The configuration of `make mutation-test`: Stryker on the domain with its unit tests. `files=` may also
// name files of the engine.

/** Use cases that the engine executes, and the explanation of their outcome. */
const useCases = [
  ...['authorize', 'budget', 'change-limits', 'change-status', 'credit-account', 'errors', 'open-account'],
  ...['reverse', 'simulate', 'statement', 'verify', 'zone-calendar'],
]
const domain = sourcesIn('src/domain')
const all = [
  ...domain,
  ...sourcesIn('src/application/engine'),
  ...useCases.map((name) => `src/application/${name}.ts`),
]
const named = (process.env.ARG_files ?? '').split(/[ ,]+/).filter((name) => name !== '')
const mutate = named.length === 0 ? domain : all.filter((file) => named.some((name) => isNamed(file, name)))
if (mutate.length === 0) throw new Error('files= names none of the files that are mutated')
const isDomainAlone = mutate.every((file) => domain.includes(file))

// biome-ignore lint/style/noDefaultExport: Stryker asks for it
export default {
  mutate,
  testRunner: 'mocha',
  plugins: ['@stryker-mutator/mocha-runner', fileURLToPath(new URL('texts.mjs', import.meta.url))],
  ignorers: ['texts'],
  mochaOptions: {
    config: 'test/mutation/mocharc.json',
    spec: isDomainAlone
      ? ['test/unit/domain/*.test.ts']
      : ['test/unit/{domain,application,application/engine}/*.test.ts', 'test/mutation/*.test.ts'],
  },
  testRunnerNodeArgs: ['--import', 'tsx'],
  coverageAnalysis: 'perTest',
  // A mutant that takes effect only while modules are loaded would need a separate process.
  ignoreStatic: true,
  // Stryker would rewrite it with the JavaScript API of TypeScript, which TypeScript 7 lacks.
  tsconfigFile: 'none.json',
  ignorePatterns: ['*.md', '/.docs', '/bench', '/cli', '/third_party', '/proto', '/dist*', '/data'],
  reporters: [process.stderr.isTTY ? 'progress' : 'progress-append-only', 'clear-text'],
  clearTextReporter: { logTests: false, allowEmojis: false },
  timeoutMS: 10_000,
  cleanTempDir: 'always',
  // The score of one file alone means little.
  thresholds: { high: 98, low: 95, break: named.length === 0 ? 90 : null },
}

function sourcesIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
}

/** Whether this is the file of that path, or of its end. */
function isNamed(file, name) {
  return file === name || file.endsWith(`/${name}`)
}
