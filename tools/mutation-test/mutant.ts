/** One small change of the sources that a test should notice. */
export type Mutant = {
  /** Such as `src/domain/decide.ts`. */
  readonly file: string
  /** The function, method or constant at the top of the module that it is in, such as `Engine.#next`. */
  readonly scope: string
  /** What kind of change it is. */
  readonly mutator: Mutator
  /** What is replaced: a range of the file, in UTF-16 units, and its text. */
  readonly start: number
  readonly end: number
  readonly original: string
  readonly replacement: string
}

export type Mutator =
  | 'Arithmetic'
  | 'Array'
  | 'ArrowBody'
  | 'Assignment'
  | 'Block'
  | 'Boolean'
  | 'Comparison'
  | 'Condition'
  | 'Default'
  | 'Method'
  | 'Number'
  | 'Object'
  | 'OptionalChain'
  | 'Regex'
  | 'Statement'
  | 'String'
  | 'Unary'
  | 'Update'

/** A place of the sources at which there are mutants: an expression, a statement, or a block with its braces. */
export type Target = {
  readonly start: number
  readonly end: number
  readonly kind: 'EXPRESSION' | 'STATEMENT' | 'BLOCK'
  readonly mutants: readonly Mutant[]
}

/** What became of a mutant. */
export type Outcome =
  /** A test failed. */
  | { readonly type: 'KILLED'; readonly by: string }
  /** Tests came to no end. */
  | { readonly type: 'TIMED_OUT'; readonly by: string }
  | { readonly type: 'SURVIVED' }
  /** No test comes by. */
  | { readonly type: 'NOT_COVERED' }
  /** It survived the tests, but the compiler does not take it: it is no program. */
  | { readonly type: 'REJECTED' }

export type Result = { readonly mutant: Mutant; readonly outcome: Outcome }
