import { decisionOf, type Entry } from '../domain/entry.js'
import { invariant } from '../domain/invariant.js'
import { codesOf, type Reason as DomainReason } from '../domain/reason.js'
import { Decision, Reason, Retry } from '../gen/benefits/v1/authorization.js'

/**
 * The contract's value for a reason of the domain. Both have the same names.
 *
 * @throws InvariantError when the contract does not have the reason yet.
 */
export function reasonOf(reason: DomainReason): Reason {
  const known: Partial<Record<DomainReason, Reason>> = Reason
  const value = known[reason]
  invariant(value !== undefined, `the contract has the reason ${reason}`)
  return value
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
