import {
  type AdviceEntry,
  type CaptureEntry,
  type IncrementEntry,
  type Movement,
  type RefundEntry,
  spentBy,
} from '../../domain/entry.js'
import { takenFromHold } from '../../domain/open-hold.js'
import type {
  AdviseResponse,
  CaptureResponse,
  IncrementResponse,
  RefundResponse,
} from '../../gen/benefits/v1/card_rail.js'
import { answerFields } from '../reason-mapping.js'

/** Writes the answer to an increment. */
export function incrementResponse(entry: IncrementEntry, replayed: boolean): IncrementResponse {
  return {
    approvalCode: entry.approvalCode ?? '',
    heldBalance: entry.movement?.heldAfter,
    ...answerFields(entry, replayed),
  }
}

/** Writes the answer to a capture. */
export function captureResponse(entry: CaptureEntry, replayed: boolean): CaptureResponse {
  return {
    capturedAmount: spentOf(entry.movement),
    owedAmount: entry.movement?.owedDelta ?? 0n,
    releasedAmount: takenFromHold(entry).released,
    ...answerFields(entry, replayed),
  }
}

/** Writes the answer to an advice. */
export function adviseResponse(entry: AdviceEntry, replayed: boolean): AdviseResponse {
  return {
    bookedAmount: spentOf(entry.movement),
    owedAmount: entry.movement?.owedDelta ?? 0n,
    effectiveMcc: entry.effectiveMcc ?? '',
    merchantRule: entry.merchantRule ?? '',
    ...answerFields(entry, replayed),
  }
}

/** Writes the answer to a refund. */
export function refundResponse(entry: RefundEntry, replayed: boolean): RefundResponse {
  return {
    refundedAmount: -spentOf(entry.movement),
    cancelledOwedAmount: -(entry.movement?.owedDelta ?? 0n),
    approvalCode: entry.approvalCode ?? '',
    ...answerFields(entry, replayed),
  }
}

function spentOf(movement: Movement | undefined): bigint {
  return movement ? spentBy(movement) : 0n
}
