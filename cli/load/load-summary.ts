import { formatAmount } from '../amount.js'
import { type Columns, count, linesAsJson, linesSheet, shownLines } from '../files/rejected-line.js'
import type { View } from '../terminal/output.js'
import { type Sheet, sheetOf } from '../terminal/sheet.js'
import type { Credit, LoadColumn, RejectedCredit } from './load-file.js'

/** The columns of a load, as a summary shows them. */
const columns: Columns<LoadColumn> = [
  { name: 'transaction_id', title: 'id' },
  { name: 'account_id', title: 'account' },
  { name: 'category' },
  { name: 'amount', title: 'amount' },
]

/** The outcome of a load. Each line is counted once. */
export type LoadSummary = {
  /** Credited by this command. */
  readonly credited: number
  readonly creditedAmount: bigint
  /** Credited by an earlier command. */
  readonly alreadyThere: number
  readonly rejected: readonly RejectedCredit[]
  /** Sent without an answer: the credit may or may not have happened. */
  readonly unsure: number
  readonly notTried: number
}

export function summaryView(summary: LoadSummary): View {
  const { credited, creditedAmount, alreadyThere, rejected, unsure, notTried } = summary
  const counts: readonly (readonly [string, number])[] = [
    ['credited before', alreadyThere],
    ['rejected', rejected.length],
    ...(unsure > 0 ? [['unknown', unsure] as const] : []),
    ['not sent', notTried],
  ]
  return {
    json: {
      creditedCount: credited,
      creditedAmount: creditedAmount.toString(),
      alreadyThereCount: alreadyThere,
      rejectedCount: rejected.length,
      rejected: linesAsJson(rejected),
      unsureCount: unsure,
      notTriedCount: notTried,
    },
    parts: [
      ...shownLines('rejected', rejected, columns),
      [
        `credited ${count(credited)} (${formatAmount(creditedAmount)})`,
        ...counts.map(([what, number]) => `${what} ${count(number)}`),
      ].join(', '),
    ],
    csv: linesSheet(rejected, columns),
  }
}

/** Amounts by category, for the user to compare with the order. */
export function totalsSheet(credits: readonly Credit[]): Sheet {
  const totals = new Map<string, { count: number; amount: bigint }>()
  for (const { category, amount } of credits) {
    const total = totals.get(category) ?? { count: 0, amount: 0n }
    totals.set(category, { count: total.count + 1, amount: total.amount + amount })
  }
  const rows = [...totals].sort(([one], [other]) => (one < other ? -1 : 1))
  return sheetOf<(typeof rows)[number]>(
    [
      { name: 'category', title: 'category', value: ([category]) => category },
      { name: 'credits', title: 'credits', kind: 'count', value: ([, total]) => count(total.count) },
      { name: 'amount', title: 'amount', kind: 'money', value: ([, total]) => total.amount.toString() },
    ],
    [...rows, ['total', { count: credits.length, amount: sumOf(credits) }]],
  )
}

export function sumOf(credits: readonly Credit[]): bigint {
  return credits.reduce((sum, { amount }) => sum + amount, 0n)
}
