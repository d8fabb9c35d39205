import { formatAmount } from '../amount.js'
import { BYTE_ORDER_MARK, csvText, type NewFile } from '../files/csv-writer.js'
import type { View } from '../terminal/output.js'
import { type Sheet, sheetOf } from '../terminal/sheet.js'
import { type Credit, loadColumns, type RejectedLine } from './load-file.js'

/** Number of rejected lines that a table shows. JSON, CSV and the file of rejects have all. */
const SHOWN_MAX = 100
/** Longest text of a rejected line that a table shows, in characters. */
const TEXT_LENGTH_MAX = 200

/** The outcome of a load. Each line is counted once. */
export type LoadSummary = {
  /** Credited by this command. */
  readonly credited: number
  readonly creditedAmount: bigint
  /** Credited by an earlier command. */
  readonly alreadyThere: number
  readonly rejected: readonly RejectedLine[]
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
      rejected: rejected.map(({ line, cells, reason, description, text }) => ({
        line,
        ...cells,
        reason,
        description,
        ...(text !== undefined && { text }),
      })),
      unsureCount: unsure,
      notTriedCount: notTried,
    },
    parts: [
      ...(rejected.length > 0
        ? [shownRejections(rejected), rejectedSheet(rejected.slice(0, SHOWN_MAX))]
        : []),
      [
        `credited ${count(credited)} (${formatAmount(creditedAmount)})`,
        ...counts.map(([what, number]) => `${what} ${count(number)}`),
      ].join(', '),
    ],
    csv: rejectedSheet(rejected),
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

/**
 * Writes rejected lines for correction: the columns of a load, and three that a load ignores. The file has
 * the separator of the load and a byte order mark, so the same spreadsheet opens it.
 */
export function writeRejects(file: NewFile, rejected: readonly RejectedLine[], separator: string): void {
  if (rejected.length === 0) return
  const rows = rejected.map(({ line, cells, description, text = '' }) => [
    ...loadColumns.map((column) => cells[column]),
    String(line),
    description,
    text,
  ])
  file.write(BYTE_ORDER_MARK + csvText([[...loadColumns, 'line', 'problem', 'text'], ...rows], separator))
}

export function sumOf(credits: readonly Credit[]): bigint {
  return credits.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Formats a count for Brazil: 100.000. */
export function count(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, '.')
}

function shownRejections({ length }: readonly RejectedLine[]): string {
  return length > SHOWN_MAX ? `rejected, the first ${SHOWN_MAX} of ${count(length)} lines:` : 'rejected:'
}

/** A line as a table shows it. */
function shortened(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}...` : text
}

function rejectedSheet(rejected: readonly RejectedLine[]): Sheet {
  return sheetOf<RejectedLine>(
    [
      { name: 'line', title: 'line', kind: 'count', value: ({ line }) => line },
      { name: 'transaction_id', title: 'id', value: ({ cells }) => cells.transaction_id },
      { name: 'account_id', title: 'account', value: ({ cells }) => cells.account_id },
      { name: 'category', value: ({ cells }) => cells.category },
      { name: 'amount', title: 'amount', value: ({ cells }) => cells.amount },
      { name: 'reason', value: ({ reason }) => reason },
      { name: 'problem', title: 'problem', value: ({ description }) => description },
      { name: 'text', value: ({ text = '' }) => text },
      { name: 'text_shown', kind: 'note', value: ({ text = '' }) => shortened(text) },
    ],
    rejected,
  )
}
