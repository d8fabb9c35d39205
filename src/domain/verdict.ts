import type { Entry } from './entry.js'

/** The outcome of a request on an account. */
export type Verdict<Kind extends Entry = Entry, Rejection extends string = never> =
  /** Decided now: the engine must commit the entry. Declines are entries too. */
  | { readonly type: 'RECORD'; readonly entry: Kind }
  /** Decided before, with the same content: the stored entry is the answer. */
  | { readonly type: 'REPLAY'; readonly entry: Kind }
  /** The id was used before, with other content. */
  | { readonly type: 'REUSED'; readonly entry: Entry }
  /** The request is rejected, and nothing is recorded. */
  | { readonly type: 'REJECTED'; readonly rejection: Rejection }
