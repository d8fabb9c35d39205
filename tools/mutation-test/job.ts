import type { Outcome } from './mutant.js'

/** What a worker is told. */
export type Order =
  /** Load these files of tests, with this mutant in force while they load; `NONE` for none of them. */
  | { readonly type: 'LOAD'; readonly files: readonly string[]; readonly mutant: number }
  /** Run every test, no mutant in force, and tell which mutants each comes by. */
  | { readonly type: 'OBSERVE' }
  /** Run some tests with a mutant in force until one fails. */
  | { readonly type: 'TRY'; readonly mutant: number; readonly tests: readonly Planned[] }

/** A test that is to be run, and what it may take. */
export type Planned = {
  readonly test: number
  readonly msMax: number
  /** Most questions to mutants: a loop without an end asks for ever. */
  readonly stepsMax: number
}

/** What a worker says. */
export type Report =
  | { readonly type: 'LOADED'; readonly problem?: string }
  | { readonly type: 'OBSERVED'; readonly tests: readonly Observed[]; readonly atLoad: readonly number[] }
  /** Sent at each test, so that one that hangs is known. */
  | { readonly type: 'BEGUN'; readonly test: number }
  | { readonly type: 'TRIED'; readonly outcome: Outcome }

/** What was seen of one test. */
export type Observed = {
  /** The file of tests, by its path from the root. */
  readonly file: string
  readonly title: string
  readonly ms: number
  readonly steps: number
  readonly mutants: readonly number[]
  /** Why it failed; absent when it passed. */
  readonly problem?: string
}

export const NONE = -1

/** Cases of a property, unless it has more than ten times as many: what only one of hundreds notices had better have a test of its own. */
export const CASES = 25
