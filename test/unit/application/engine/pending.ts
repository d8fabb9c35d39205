import type { Lane } from '../../../../src/application/engine/lane.js'
import { PendingRequest } from '../../../../src/application/engine/pending-request.js'

type Asked = {
  readonly subject?: string
  readonly accountId?: string
  readonly lane?: Lane
  readonly id?: string
}

/** A waiting request, identified by its transaction id. */
export function pendingRequest({
  subject = 's',
  accountId,
  lane = 'PURCHASE',
  id = '1',
}: Asked): PendingRequest {
  const decide = (): never => {
    throw new Error('nothing is decided here')
  }
  return new PendingRequest(
    { accountId: accountId ?? `account of ${subject} ${id}`, lane, transactionIds: [id], decide },
    { budget: { subject, remainingMs: () => 60_000 }, resolve: () => {}, reject: () => {} },
  )
}

/** The transaction id that identifies a request. */
export function idOf(request: PendingRequest): string {
  return request.request.transactionIds[0] ?? ''
}
