import { parse } from 'yaml'
import type { Outcome, Result } from './mutant.js'

/** A mutant that may survive, found again by its texts wherever they have moved to, and why it may. */
export type Explained = {
  readonly file: string
  readonly scope: string
  readonly mutator: string
  readonly original: string
  readonly replacement: string
  /** Which of several mutants with the same texts, counted from 1. */
  readonly nth: number
  readonly reason: string
}

/** How survivors and explanations fit together. */
export type Comparison = {
  /** Number of survivors that are explained. */
  readonly explained: number
  /** What survived and is not explained, as it would be listed. */
  readonly unexplained: readonly Omit<Explained, 'reason'>[]
  /** Something is said of a mutant that does not survive, or is not there any more, and what has become of it. */
  readonly stale: readonly { readonly explained: Explained; readonly what: string }[]
}

type Texts = Pick<Explained, 'file' | 'scope' | 'original' | 'replacement' | 'mutator'>

const fields = ['scope', 'mutator', 'original', 'replacement', 'reason'] as const

/**
 * Reads explanations: a list for each file.
 *
 * @throws Error that names what is missing, or stands there twice.
 */
export function parseExplained(text: string): readonly Explained[] {
  const files: unknown = parse(text)
  if (!isRecord(files)) throw new Error('survivors are listed by file')
  const all = Object.entries(files).flatMap(([file, list]) => {
    if (!Array.isArray(list)) throw new Error(`${file}: not a list`)
    return list.map((item) => explainedFrom(file, item))
  })
  const keys = new Set<string>()
  for (const one of all) {
    const key = keyOf(one, one.nth)
    if (keys.has(key)) throw new Error(`explained twice: ${key}`)
    keys.add(key)
  }
  return all
}

function explainedFrom(file: string, item: unknown): Explained {
  const record = isRecord(item) ? item : {}
  const [scope, mutator, original, replacement, reason] = fields.map((field) => {
    const value = record[field]
    if (typeof value !== 'string' || (value === '' && field !== 'replacement'))
      throw new Error(`${file}: ${field} is missing in ${JSON.stringify(item)}`)
    return value
  })
  const { nth = 1 } = record
  if (typeof nth !== 'number') throw new Error(`${file}: nth is a number in ${JSON.stringify(item)}`)
  const other = Object.keys(record).find((key) => key !== 'nth' && !fields.some((field) => field === key))
  if (other !== undefined) throw new Error(`${file}: nobody knows ${other} in ${JSON.stringify(item)}`)
  // Every field is there, as was just seen.
  return { file, nth, scope, mutator, original, replacement, reason } as Explained
}

/** Compares what survived with what is explained. Of files that were not tried, nothing is said. */
export function compare(results: readonly Result[], explained: readonly Explained[]): Comparison {
  const all = numbered(results)
  const tried = new Set(results.map(({ mutant }) => mutant.file))
  const expected = new Map(
    explained.filter(({ file }) => tried.has(file)).map((one) => [keyOf(one, one.nth), one]),
  )
  const survivors = all.filter(({ result }) => hasSurvived(result.outcome))
  const unexplained = survivors.filter(({ key }) => !expected.has(key))
  const byKey = new Map(all.map(({ key, result }) => [key, result]))
  const stale = [...expected].flatMap(([key, one]) => {
    const result = byKey.get(key)
    if (!result) return [{ explained: one, what: 'is not there any more' }]
    return hasSurvived(result.outcome) ? [] : [{ explained: one, what: whatBecame(result.outcome) }]
  })
  return {
    explained: survivors.length - unexplained.length,
    unexplained: unexplained.map(({ result: { mutant }, nth }) => ({
      file: mutant.file,
      scope: mutant.scope,
      mutator: mutant.mutator,
      original: oneLine(mutant.original),
      replacement: oneLine(mutant.replacement),
      nth,
    })),
    stale,
  }
}

function whatBecame(outcome: Outcome): string {
  return 'by' in outcome ? `is ${outcome.type} by ${outcome.by}` : `is ${outcome.type}`
}

/** Whoever is not killed has survived, whether or not a test came by. */
export function hasSurvived({ type }: Outcome): boolean {
  return type === 'SURVIVED' || type === 'NOT_COVERED'
}

/** Every result, the key under which it is explained, and which of those alike it is. Results come in the order of the sources. */
function numbered(
  results: readonly Result[],
): readonly { readonly key: string; readonly nth: number; readonly result: Result }[] {
  const counts = new Map<string, number>()
  return results.map((result) => {
    const alike = keyOf(result.mutant, 0)
    const nth = (counts.get(alike) ?? 0) + 1
    counts.set(alike, nth)
    return { key: keyOf(result.mutant, nth), nth, result }
  })
}

function keyOf({ file, scope, mutator, original, replacement }: Texts, nth: number): string {
  return [file, scope, mutator, oneLine(original), oneLine(replacement), nth].join(' | ')
}

/** However it is broken into lines. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
