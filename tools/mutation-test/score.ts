import { table } from '../table.js'
import type { Area } from './areas.js'
import type { Outcome, Result } from './mutant.js'

/** How many mutants there are, and what became of them. */
export type Counts = Readonly<Record<Outcome['type'], number>> & { readonly mutants: number }

/** Counts results. What the compiler rejects is no mutant. */
export function countsOf(results: readonly Result[]): Counts {
  const counts = { KILLED: 0, TIMED_OUT: 0, SURVIVED: 0, NOT_COVERED: 0, REJECTED: 0 }
  for (const { outcome } of results) counts[outcome.type] += 1
  return { ...counts, mutants: results.length - counts.REJECTED }
}

/** Share of the mutants that were noticed, in percent; 100 when there are none. */
export function scoreOf({ mutants, KILLED, TIMED_OUT }: Counts): number {
  return mutants === 0 ? 100 : ((KILLED + TIMED_OUT) * 100) / mutants
}

/** A row for each file and for each area, of those that were tried. */
export function scoreTable(areas: readonly Area[], results: readonly Result[]): string {
  const rows = areas.flatMap(({ name, files }) => {
    const tried = files.map((file) => ({
      name: file,
      results: results.filter(({ mutant }) => mutant.file === file),
    }))
    const some = tried.filter((one) => one.results.length > 0)
    const sum = { name: `all of the ${name}`, results: some.flatMap((one) => one.results) }
    return some.length === 0 ? [] : [...some, sum]
  })
  return table(
    ['', 'mutants', 'killed', 'timed out', 'survived', 'not covered', '%'],
    rows.map(({ name, results: ofRow }) => {
      const counts = countsOf(ofRow)
      const { mutants, KILLED, TIMED_OUT, SURVIVED, NOT_COVERED } = counts
      const figures = [mutants, KILLED, TIMED_OUT, SURVIVED, NOT_COVERED]
      return [name, ...figures.map(String), scoreOf(counts).toFixed(1)]
    }),
  )
}
