import type { JsonObject } from '@bufbuild/protobuf'
import { exitCodes } from '../failure.js'
import type { Session } from '../session.js'
import { type Sheet, sheetOf, textIn, wordIn } from '../terminal/sheet.js'

/** The amounts of an answer, with their titles. Each kind of answer has some of them. */
const amounts: readonly (readonly [field: string, title: string])[] = [
  ['amount', 'given back'],
  ['approvedAmount', 'paid'],
  ['capturedAmount', 'captured'],
  ['bookedAmount', 'booked'],
  ['refundedAmount', 'refunded'],
  ['releasedAmount', 'released'],
  ['owedAmount', 'owed'],
  ['cancelledOwedAmount', 'no longer owed'],
]

/** Shows the answer to a message of the card network, and sets the exit code. */
export function showDecision(session: Session, answer: JsonObject): void {
  session.output.show({ json: answer, parts: [decisionSheet(answer)] })
  if (answer['decision'] !== 'DECISION_APPROVED') process.exitCode = exitCodes.declined
}

/** Lays out an answer in one row. */
function decisionSheet(answer: JsonObject): Sheet {
  const isHeld = answer['held'] === true
  return sheetOf<JsonObject>(
    [
      { name: 'transaction_id', title: 'id', kind: 'whole', value: (row) => textIn(row, 'transactionId') },
      { name: 'code', title: 'code', value: (row) => textIn(row, 'code') },
      { name: 'reason', title: 'reason', kind: 'word', value: (row) => wordIn(row, 'reason', 'REASON') },
      { name: 'category', title: 'wallet', value: (row) => textIn(row, 'category') },
      ...amounts
        .filter(([field]) => field in answer)
        .map(([field, title]) => amountColumn(answer, field, isHeld ? 'held' : title)),
      { name: 'balance', title: 'balance', kind: 'money', value: (row) => textIn(row, 'balance') },
      ...('heldBalance' in answer
        ? [{ name: 'held_balance', title: 'held', kind: 'money' as const, value: heldBalance }]
        : []),
      ...('held' in answer ? [heldUntilColumn(isHeld)] : []),
      {
        name: 'approval_code',
        ...('approvalCode' in answer && { title: 'approval' }),
        givesWay: true,
        value: (row) => textIn(row, 'approvalCode'),
      },
      {
        name: 'replayed',
        title: 'answered before',
        value: (row) => (row['replayed'] === true ? 'yes' : 'no'),
      },
    ],
    [answer],
  )
}

/** A column for an amount. A table leaves out the lesser ones when they are 0; CSV has all. */
function amountColumn(answer: JsonObject, field: string, title: string) {
  const isLesser = ['releasedAmount', 'owedAmount', 'cancelledOwedAmount'].includes(field)
  return {
    name: field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ...(!(isLesser && textIn(answer, field) === '0') && { title }),
    kind: 'money' as const,
    value: (row: JsonObject) => textIn(row, field),
  }
}

function heldBalance(answer: JsonObject): string {
  return textIn(answer, 'heldBalance')
}

function heldUntilColumn(isHeld: boolean) {
  return {
    name: 'held_until',
    ...(isHeld && { title: 'held until' }),
    kind: 'time' as const,
    value: (row: JsonObject) => textIn(row, 'heldUntil'),
  }
}
