import type { CountedSeries, MetricRegistry, SeriesOf } from './metric-registry.js'

export type DecisionLabels = {
  readonly kind: 'AUTHORIZATION' | 'REVERSAL' | 'INCREMENT' | 'CAPTURE' | 'ADVICE' | 'REFUND'
  readonly code: string
  readonly reason: string
  /** The wallet that paid or was paid back; empty when no money moved. */
  readonly category: string
  readonly replayed: boolean
}

/** A possible result of a decision. */
export type Outcome = Pick<DecisionLabels, 'kind' | 'code' | 'reason'> & {
  /** Whether money moves in a category. */
  readonly moves: boolean
}

/** How often a kind of decision had one reason. */
export type DecidedCount = Pick<DecisionLabels, 'kind' | 'reason'> & { readonly count: number }

/**
 * Most categories with series of their own; any more count as "other". There are 64 at a time, but a process
 * may see some go and others come.
 */
const CATEGORIES_MAX = 128
const OTHER = 'other'
const DECISIONS = 'benefits_decisions_total'

type DecisionLabel = 'kind' | 'code' | 'reason' | 'category' | 'replayed'
type DecisionSeries = { readonly first: CountedSeries; readonly replayed: CountedSeries }

/** Metrics of decisions and of the money that they moved. */
export class DecisionMetrics {
  readonly #registry: MetricRegistry
  readonly #outcomes: readonly Outcome[]
  readonly #decisions: SeriesOf<DecisionLabel, CountedSeries>
  readonly #moved: SeriesOf<'kind' | 'category', CountedSeries>
  /** Series by outcome. Each is looked up once, because every decision counts. */
  readonly #seriesByOutcome = new Map<string, DecisionSeries>()
  readonly #movedByKind = new Map<string, CountedSeries>()
  /** Categories with series of their own, and those among them with every series exported. */
  readonly #categories = new Set<string>()
  readonly #shown = new Set<string>()

  constructor(registry: MetricRegistry, outcomes: readonly Outcome[]) {
    this.#registry = registry
    this.#outcomes = outcomes
    this.#decisions = registry.counter({
      name: DECISIONS,
      help: 'Decisions answered, by code, reason, paying wallet, and whether the answer was stored before.',
      labelNames: ['kind', 'code', 'reason', 'category', 'replayed'],
    })
    this.#moved = registry.counter({
      name: 'benefits_moved_centavos_total',
      help: 'Money held or paid by purchases, spent by captures and advices, and given back by reversals and refunds, in centavos. Stored answers move none.',
      labelNames: ['kind', 'category'],
    })
    for (const outcome of outcomes) if (!outcome.moves) this.#seriesOf({ ...outcome, category: '' })
  }

  /** Exports every series of these categories, even before the first decision on them. */
  show(categories: readonly string[]): void {
    for (const category of categories) {
      if (this.#shown.has(category) || this.#bounded(category) === OTHER) continue
      this.#shown.add(category)
      for (const outcome of this.#outcomes) {
        if (!outcome.moves) continue
        this.#seriesOf({ ...outcome, category })
        this.#movedOf(outcome.kind, category)
      }
    }
  }

  /**
   * Counts a decision, or a stored decision that was given again.
   *
   * @param centavos the money that it moved; 0 when it moved none.
   */
  decided(decision: DecisionLabels, centavos: number): void {
    const category = this.#bounded(decision.category)
    const series = this.#seriesOf({ ...decision, category })
    if (decision.replayed) {
      series.replayed.inc()
      return
    }
    series.first.inc()
    if (category !== '') this.#movedOf(decision.kind, category).inc(centavos)
  }

  /** Reads how often each kind of decision had each reason, without stored answers that were given again. */
  async read(): Promise<readonly DecidedCount[]> {
    const values = await this.#registry.read(DECISIONS)
    const first = values.filter(({ labels }) => labels['replayed'] === 'false')
    // A reason may have two codes.
    const outcomes = new Map(
      this.#outcomes.map(({ kind, reason }) => [`${kind} ${reason}`, { kind, reason }]),
    )
    return Array.from(outcomes.values(), ({ kind, reason }) => ({
      kind,
      reason,
      count: first
        .filter(({ labels }) => labels['kind'] === kind && labels['reason'] === reason)
        .reduce((sum, { value }) => sum + value, 0),
    }))
  }

  #bounded(category: string): string {
    if (category === '' || this.#categories.has(category)) return category
    if (this.#categories.size >= CATEGORIES_MAX) return OTHER
    this.#categories.add(category)
    return category
  }

  #seriesOf({ kind, code, reason, category }: Omit<DecisionLabels, 'replayed'>): DecisionSeries {
    const key = `${kind} ${code} ${reason} ${category}`
    const known = this.#seriesByOutcome.get(key)
    if (known) return known
    const labels = { kind, code, reason, category }
    const series = {
      first: this.#decisions({ ...labels, replayed: 'false' }),
      replayed: this.#decisions({ ...labels, replayed: 'true' }),
    }
    this.#seriesByOutcome.set(key, series)
    return series
  }

  #movedOf(kind: string, category: string): CountedSeries {
    const key = `${kind} ${category}`
    const series = this.#movedByKind.get(key) ?? this.#moved({ kind, category })
    this.#movedByKind.set(key, series)
    return series
  }
}
