import { decisionOf, type Entry, movementOf } from './entry.js'

/** A filter for the entries of a history. An entry must match every field that is set. */
export type StatementFilter = {
  /** Made at this time or later. */
  readonly startAt?: Date
  /** Made before this time. */
  readonly endAt?: Date
  readonly kind?: Entry['kind']
  /** Changed the balance of this wallet. */
  readonly wallet?: string
  readonly decision?: 'APPROVED' | 'DECLINED'
}

/** Whether the entry matches the filter. */
export function fitsFilter(entry: Entry, filter: StatementFilter): boolean {
  return (
    (filter.startAt === undefined || entry.at >= filter.startAt) &&
    (filter.endAt === undefined || entry.at < filter.endAt) &&
    (filter.kind === undefined || entry.kind === filter.kind) &&
    (filter.wallet === undefined || movementOf(entry)?.wallet === filter.wallet) &&
    (filter.decision === undefined || decisionOf(entry) === filter.decision)
  )
}
