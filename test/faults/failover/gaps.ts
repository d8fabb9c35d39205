import type { EventKind } from './events.js'

/** The times without an answer around events of one kind, in milliseconds. */
export type GapFigures = { readonly count: number; readonly medianMs: number; readonly longestMs: number }

/** The longest time without an answer around each event. */
export class Gaps {
  readonly #gapsMs = new Map<EventKind, number[]>()
  #latest: { readonly kind: EventKind; readonly gapMs: number } | undefined

  add(kind: EventKind, gapMs: number): void {
    this.#latest = { kind, gapMs }
    const known = this.#gapsMs.get(kind)
    if (known) known.push(gapMs)
    else this.#gapsMs.set(kind, [gapMs])
  }

  /** The last one. */
  get latest(): { readonly kind: EventKind; readonly gapMs: number } | undefined {
    return this.#latest
  }

  /** How many events there were. */
  get total(): number {
    return [...this.#gapsMs.values()].reduce((sum, gaps) => sum + gaps.length, 0)
  }

  /** What became of one kind of them. */
  of(kind: EventKind): GapFigures {
    const gaps = [...(this.#gapsMs.get(kind) ?? [])].sort((a, b) => a - b)
    return {
      count: gaps.length,
      medianMs: gaps[Math.floor(gaps.length / 2)] ?? 0,
      longestMs: gaps.at(-1) ?? 0,
    }
  }
}
