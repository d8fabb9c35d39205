import type { JsonObject } from '@bufbuild/protobuf'
import { type Sheet, sheetOf, textIn, wordIn } from '../terminal/sheet.js'

/** Shows the answer to a purchase or a reversal in one row. */
export function decisionSheet(answer: JsonObject): Sheet {
  return sheetOf<JsonObject>(
    [
      { name: 'transaction_id', title: 'id', kind: 'whole', value: (row) => textIn(row, 'transactionId') },
      { name: 'code', title: 'code', value: (row) => textIn(row, 'code') },
      { name: 'reason', title: 'reason', kind: 'word', value: (row) => wordIn(row, 'reason', 'REASON') },
      { name: 'category', title: 'wallet', value: (row) => textIn(row, 'category') },
      // A purchase may be paid in part.
      'amount' in answer
        ? money('amount', 'given back', 'amount')
        : money('approved_amount', 'paid', 'approvedAmount'),
      { name: 'balance', title: 'balance', kind: 'money', value: (row) => textIn(row, 'balance') },
      {
        name: 'approval_code',
        title: 'approval',
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

function money(name: string, title: string, field: string) {
  return { name, title, kind: 'money' as const, value: (row: JsonObject) => textIn(row, field) }
}
