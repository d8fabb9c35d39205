import type { Span } from '@opentelemetry/api'
import type { AccountId } from '../../domain/account-status.js'
import type { TransactionId } from '../../domain/entry.js'

/** The key of a request, as the ports use it. */
export type RequestKey = { readonly accountId: AccountId; readonly transactionId: TransactionId }

/**
 * The requests of followed calls, by their keys. The engine's stores are asked for entries and do not know
 * which calls wait for them. Two calls with the same key, such as a repeat, both get the spans of the work.
 */
export class FollowedRequests {
  readonly #deciding = new Map<string, Set<Span>>()

  /** Registers a call that waits for reads and commits under these keys. */
  began(keys: readonly RequestKey[], span: Span): void {
    for (const key of keys.map(textOf)) {
      const spans = this.#deciding.get(key)
      if (spans) spans.add(span)
      else this.#deciding.set(key, new Set([span]))
    }
  }

  /** Removes a call that no longer waits. */
  ended(keys: readonly RequestKey[], span: Span): void {
    for (const key of keys.map(textOf)) {
      const spans = this.#deciding.get(key)
      spans?.delete(span)
      if (spans?.size === 0) this.#deciding.delete(key)
    }
  }

  /**
   * Whether any followed call waits. With a low sampling rate nearly always none does, and this is cheaper
   * than looking them up.
   */
  get areDeciding(): boolean {
    return this.#deciding.size > 0
  }

  /** Returns the spans that wait for any of these keys, each once. */
  deciding(keys: readonly RequestKey[]): readonly Span[] {
    if (!this.areDeciding) return []
    return [...new Set(keys.flatMap((key) => [...(this.#deciding.get(textOf(key)) ?? [])]))]
  }
}

function textOf({ accountId, transactionId }: RequestKey): string {
  return `${accountId}\n${transactionId}`
}
