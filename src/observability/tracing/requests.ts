import type { Span } from '@opentelemetry/api'
import type { AccountId } from '../../domain/account.js'
import type { TransactionId } from '../../domain/entry.js'

/** Most entries on their way to the ledger whose calls are remembered. One that is forgotten is settled without a span. */
const SETTLING_MAX = 10_000

/** Names what is asked for, as the ports do. */
export type RequestKey = { readonly accountId: AccountId; readonly transactionId: TransactionId }

/**
 * The requests of calls that are followed, by what the ports name: the engine's stores are asked for entries and do not know who waits
 * for them. Two requests for the same entry, which is a repeat, are both told of what is done for one of them.
 */
export class FollowedRequests {
  readonly #deciding = new Map<string, Set<Span>>()
  readonly #settling = new Map<string, Span>()

  /** Begins to wait for what is read and committed under these keys. */
  began(keys: readonly RequestKey[], span: Span): void {
    for (const key of keys.map(textOf)) {
      const spans = this.#deciding.get(key)
      if (spans) spans.add(span)
      else this.#deciding.set(key, new Set([span]))
    }
  }

  /** Its entry was committed, and is to be copied to the ledger. */
  recorded(key: RequestKey, span: Span): void {
    this.#settling.set(textOf(key), span)
    const oldest = this.#settling.size > SETTLING_MAX ? this.#settling.keys().next().value : undefined
    if (oldest !== undefined) this.#settling.delete(oldest)
  }

  /** Waits no longer. */
  ended(keys: readonly RequestKey[], span: Span): void {
    for (const key of keys.map(textOf)) {
      const spans = this.#deciding.get(key)
      spans?.delete(span)
      if (spans?.size === 0) this.#deciding.delete(key)
    }
  }

  /** Whether anybody waits: when little is sampled nearly always nobody does, and that is cheaper to know than to look. */
  get areDeciding(): boolean {
    return this.#deciding.size > 0
  }

  /** Who waits for any of these, each once. */
  deciding(keys: readonly RequestKey[]): readonly Span[] {
    if (!this.areDeciding) return []
    return [...new Set(keys.flatMap((key) => [...(this.#deciding.get(textOf(key)) ?? [])]))]
  }

  /** Whose entries these are, each once. */
  settling(keys: readonly RequestKey[]): readonly Span[] {
    if (this.#settling.size === 0) return []
    return [...new Set(keys.flatMap((key) => this.#settling.get(textOf(key)) ?? []))]
  }

  /** These are settled. */
  settled(keys: readonly RequestKey[]): void {
    for (const key of keys) this.#settling.delete(textOf(key))
  }
}

function textOf({ accountId, transactionId }: RequestKey): string {
  return `${accountId}\n${transactionId}`
}
