import type { Entry } from './entry.js'

/** What came of a request on an account. */
export type Verdict<Kind extends Entry = Entry, Refusal extends string = never> =
  /** Decided now: the entry is to be committed. A decline is an entry too. */
  | { readonly type: 'RECORD'; readonly entry: Kind }
  /** Decided before, with the same content: the stored entry is the answer. */
  | { readonly type: 'REPLAY'; readonly entry: Kind }
  /** The id was used before for something else. */
  | { readonly type: 'REUSED'; readonly entry: Entry }
  /** Cannot be done, and nothing is recorded. */
  | { readonly type: 'REFUSED'; readonly refusal: Refusal }
