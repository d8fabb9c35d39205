import { decisionOf, type Entry } from '../domain/entry.js'
import type { Reason as DomainReason } from '../domain/reason.js'
import { Decision, Reason } from '../gen/benefits/v1/authorization.js'

/** The contract's name for a reason of ours: they are called the same. */
export function reasonOf(reason: DomainReason): Reason {
  return Reason[reason]
}

/** The contract's name for what came of an entry. */
export function decisionMessage(entry: Entry): Decision {
  return Decision[decisionOf(entry)]
}
