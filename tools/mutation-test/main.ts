import { readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { argument, runCommand } from '../command.js'
import { ProgressBar } from '../progress-bar.js'
import { allAreas, allTests } from './areas.js'
import { Campaign } from './campaign.js'
import { Compiler } from './compiler.js'
import type { Result } from './mutant.js'
import { Sandbox } from './sandbox.js'
import { countsOf, scoreOf, scoreTable } from './score.js'
import { type Comparison, compare, hasSurvived, parseExplained } from './survivors.js'

/** Least share of the mutants of an area that must be noticed, in percent. */
const SCORE_MIN = 90
/** Where there is no progress bar, it is told of so many. */
const TOLD_EVERY = 250
const SURVIVORS = 'test/mutation/survivors.yaml'

await runCommand('mutation-test', async () => {
  const startMs = performance.now()
  const explained = parseExplained(readFileSync(SURVIVORS, 'utf8'))
  const named = argument('files')?.split(/[ ,]+/)
  const areas = allAreas().map(({ name, files }) => ({
    name,
    files: files.filter((file) => isNamed(file, named)),
  }))
  const files = areas.flatMap((area) => area.files)
  if (files.length === 0) throw new Error('files= names none of the files that are tried')
  const results = await judged(await tried(files))
  console.log(scoreTable(areas, results))
  const rejected = countsOf(results).REJECTED
  if (rejected > 0) console.log(`\n${rejected} more survived the tests, but the compiler rejects them`)
  const comparison = compare(results, explained)
  console.log(`${comparison.explained} survivors are explained in ${SURVIVORS}`)
  console.log(`it took ${((performance.now() - startMs) / 60_000).toFixed(1)} minutes`)
  tellOf(comparison)
  const low = areas.filter((area) => {
    const counts = countsOf(results.filter(({ mutant }) => area.files.includes(mutant.file)))
    return scoreOf(counts) < SCORE_MIN
  })
  // Of one file alone the score says little: what survived in it is explained, or fails.
  if (!named && low.length > 0)
    throw new Error(`fewer than ${SCORE_MIN} % were noticed in: ${low.map(({ name }) => name).join(', ')}`)
})

/** A file is named by its path, or by the end of it. */
function isNamed(file: string, named: readonly string[] | undefined): boolean {
  return named === undefined || named.some((name) => file === name || file.endsWith(`/${name}`))
}

async function tried(files: readonly string[]): Promise<readonly Result[]> {
  const sandbox = new Sandbox('src', 'test', 'tools')
  try {
    const mutants = sandbox.plant(files)
    const tests = allTests()
    sandbox.shorten(tests)
    console.log(`mutation-test: ${mutants.length} mutants in ${files.length} files`)
    const bar = new ProgressBar(mutants.length)
    let done = 0
    const onResult = (): void => {
      done += 1
      bar.show(done)
      if (!process.stderr.isTTY && done % TOLD_EVERY === 0) console.log(`${done} of ${mutants.length} tried`)
    }
    const outcomes = await new Campaign({ folder: sandbox.folder, mutants, tests, onResult }).run()
    bar.clear()
    return mutants.map((mutant, index) => ({ mutant, outcome: outcomes[index] ?? { type: 'NOT_COVERED' } }))
  } finally {
    sandbox.remove()
  }
}

/** The results, with what the compiler rejects of the survivors. */
async function judged(results: readonly Result[]): Promise<readonly Result[]> {
  const compiler = new Compiler()
  try {
    const survivors = results.filter(({ outcome }) => hasSurvived(outcome)).map(({ mutant }) => mutant)
    const rejected = await compiler.rejected(survivors)
    return results.map((result) =>
      rejected.has(result.mutant) ? { ...result, outcome: { type: 'REJECTED' } } : result,
    )
  } finally {
    compiler.remove()
  }
}

/** @throws Error when something is not explained, or an explanation has nothing to explain. */
function tellOf({ unexplained, stale }: Comparison): void {
  for (const { explained, what } of stale) {
    const { file, scope, mutator, original, replacement } = explained
    console.log(`\n${file}, ${scope}, ${mutator}: ${original} => ${replacement}\n  ${what}`)
  }
  const files = [...new Set(unexplained.map(({ file }) => file))]
  for (const file of files) {
    const items = unexplained.filter((one) => one.file === file)
    const entries = items.map(({ file: _, nth, ...entry }) => (nth === 1 ? entry : { ...entry, nth }))
    console.log(`\n${stringify({ [file]: entries }, { lineWidth: 0 }).trimEnd()}`)
  }
  const wrong = [
    ...(unexplained.length > 0 ? [`${unexplained.length} survivors are not explained`] : []),
    ...(stale.length > 0 ? [`${stale.length} explanations explain nothing`] : []),
  ]
  if (wrong.length > 0) throw new Error(wrong.join('; '))
}
