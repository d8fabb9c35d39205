import { decisionOf, type Entry } from '../domain/entry.js'
import { codesOf, type Reason as DomainReason } from '../domain/reason.js'
import { Decision, Reason, Retry } from '../gen/benefits/v1/authorization.js'

/** The contract's value for a reason of the domain. Both have the same names. */
export function reasonOf(reason: DomainReason): Reason {
  return Reason[reason]
}

/** The fields of an answer that follow from its reason. */
export function reasonFields(reason: DomainReason): {
  readonly code: string
  readonly iso8583Code: string
  readonly reason: Reason
  readonly retry: Retry
} {
  const { code, iso8583, retry } = codesOf(reason)
  return { code, iso8583Code: iso8583, reason: reasonOf(reason), retry: Retry[retry] }
}

/** The contract's value for the decision of an entry. */
export function decisionMessage(entry: Entry): Decision {
  return Decision[decisionOf(entry)]
}
