/** One attack, as the process that makes it is told: JSON on standard input. */
export type AttackJob = {
  readonly attack: string
  readonly target: { readonly host: string; readonly port: number }
  /** A valid token that allows everything. */
  readonly token: string
  readonly seed: number
  /** Cases to try; an attack that goes on for a time counts what it comes to. */
  readonly cases: number
  /** Longest time, in milliseconds; with `cases`, whichever is over first. */
  readonly durationMs: number
  /** Most cases begun in a second; 0 for as many as can be. */
  readonly casesPerSecond: number
}

/** What came of it: JSON on standard output. */
export type AttackResult = {
  readonly cases: number
  /** How cases ended, and how many did so. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Cases that ended as none may, and the first of them. */
  readonly unexpected: { readonly count: number; readonly first: readonly string[] }
}
