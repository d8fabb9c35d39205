import type { Attributes, Span } from '@opentelemetry/api'
import type { Budget } from '../../application/budget.js'
import type { Executor } from '../../application/engine/engine.js'
import type { Lane } from '../../application/engine/lane.js'
import type { DecisionRequest } from '../../application/engine/pending-request.js'
import type { Entry } from '../../domain/entry.js'
import { codesOf } from '../../domain/reason.js'
import type { Verdict } from '../../domain/verdict.js'
import type { FollowedRequests } from './requests.js'

export type FollowedEngineOptions = {
  readonly requests: FollowedRequests
  /** Returns the span of the call with this budget; undefined when it is not followed. */
  readonly spanOf: (budget: Budget) => Span | undefined
}

/** An engine that registers the requests of followed calls, and writes their verdicts on their spans. */
export class FollowedEngine implements Executor {
  readonly #engine: Executor
  readonly #options: FollowedEngineOptions

  constructor(engine: Executor, options: FollowedEngineOptions) {
    this.#engine = engine
    this.#options = options
  }

  get waiting(): number {
    return this.#engine.waiting
  }

  waitingIn(lane: Lane): number {
    return this.#engine.waitingIn(lane)
  }

  drain(): Promise<void> {
    return this.#engine.drain()
  }

  execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>, budget: Budget): Promise<V> {
    const span = this.#options.spanOf(budget)
    return span ? this.#follow(span, request, budget) : this.#engine.execute(request, budget)
  }

  async #follow<V extends Verdict<Entry, string>>(
    span: Span,
    request: DecisionRequest<V>,
    budget: Budget,
  ): Promise<V> {
    const { requests } = this.#options
    const { accountId, transactionIds } = request
    const keys = transactionIds.map((transactionId) => ({ accountId, transactionId }))
    requests.began(keys, span)
    try {
      const verdict = await this.#engine.execute(request, budget)
      // The call may have ended before the verdict. The SDK would complain about each attribute.
      if (span.isRecording()) span.setAttributes(attributesOf(verdict))
      return verdict
    } finally {
      requests.ended(keys, span)
    }
  }
}

/**
 * Picks the attributes of a verdict. All have closed sets of values, except the wallet, which has as many as
 * there are categories. Never an id, a merchant or an amount.
 */
function attributesOf(verdict: Verdict<Entry, string>): Attributes {
  if (verdict.type === 'REJECTED')
    return { 'benefits.verdict': 'REJECTED', 'benefits.reason': verdict.rejection }
  if (verdict.type === 'REUSED') return { 'benefits.verdict': 'REUSED' }
  const { entry } = verdict
  return {
    'benefits.verdict': verdict.type,
    'benefits.kind': entry.kind,
    ...('reason' in entry && {
      'benefits.code': codesOf(entry.reason).code,
      'benefits.reason': entry.reason,
    }),
    ...('movement' in entry && entry.movement && { 'benefits.category': entry.movement.wallet }),
  }
}
