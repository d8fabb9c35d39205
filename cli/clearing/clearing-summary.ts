import { formatAmount } from '../amount.js'
import { type Columns, count, linesAsJson, linesSheet, shownLines } from '../files/rejected-line.js'
import type { View } from '../terminal/output.js'
import { type Sheet, sheetOf } from '../terminal/sheet.js'
import { type ClearingColumn, type ClearingLine, clearingColumns, clearingKinds } from './clearing-file.js'
import type { ClearingSummary, ReasonTotal } from './clearing-tally.js'

const titles: Partial<Readonly<Record<ClearingColumn, string>>> = {
  kind: 'kind',
  account: 'account',
  transaction_id: 'id',
  amount: 'amount',
}
const columns: Columns<ClearingColumn> = clearingColumns.map((name) => ({
  name,
  ...(titles[name] !== undefined && { title: titles[name] }),
}))

export function clearingView(summary: ClearingSummary): View {
  const { booked, alreadyBooked, reasons, noted, rejected, unsure, notTried } = summary
  const owed = reasons.reduce((sum, each) => sum + each.owed, 0n)
  const counts: readonly (readonly [string, number])[] = [
    ['booked', booked],
    ['booked before', alreadyBooked],
    ['rejected', rejected.length],
    ...(unsure > 0 ? [['unknown', unsure] as const] : []),
    ['not sent', notTried],
  ]
  return {
    json: {
      bookedCount: booked,
      alreadyBookedCount: alreadyBooked,
      owedAmount: owed.toString(),
      reasons: reasons.map(({ reason, lines, amount, owed: part }) => ({
        reason,
        count: lines,
        amount: amount.toString(),
        owedAmount: part.toString(),
      })),
      notedCount: noted.length,
      noted: linesAsJson(noted),
      rejectedCount: rejected.length,
      rejected: linesAsJson(rejected),
      unsureCount: unsure,
      notTriedCount: notTried,
    },
    parts: [
      ...shownLines('rejected', rejected, columns),
      ...shownLines('to look at', noted, columns),
      ...(reasons.length > 0 ? [reasonsSheet(reasons)] : []),
      [
        ...counts.map(([what, number]) => `${what} ${count(number)}`),
        ...(owed > 0n ? [`owed ${formatAmount(owed)}`] : []),
      ].join(', '),
    ],
    csv: linesSheet([...rejected, ...noted], columns),
  }
}

/**
 * Amounts by kind, for the user to compare with the totals of the network. Reversals have none when one of
 * them takes all that is left: only its answer says how much that is.
 */
export function kindsSheet(lines: readonly ClearingLine[]): Sheet {
  const rows = clearingKinds.flatMap((kind) => {
    const some = lines.filter((line) => line.kind === kind)
    return some.length > 0 ? [{ kind, lines: some.length, amount: sumOf(some)?.toString() ?? '' }] : []
  })
  return sheetOf<{ kind: string; lines: number; amount: string }>(
    [
      { name: 'kind', title: 'kind', value: ({ kind }) => kind },
      { name: 'lines', title: 'lines', kind: 'count', value: ({ lines: number }) => count(number) },
      { name: 'amount', title: 'amount', kind: 'money', value: ({ amount }) => amount },
    ],
    rows,
  )
}

function reasonsSheet(reasons: readonly ReasonTotal[]): Sheet {
  return sheetOf<ReasonTotal>(
    [
      { name: 'reason', title: 'reason', kind: 'word', value: ({ reason }) => reason },
      { name: 'lines', title: 'lines', kind: 'count', value: ({ lines }) => count(lines) },
      { name: 'amount', title: 'amount', kind: 'money', value: ({ amount }) => amount.toString() },
      { name: 'owed', title: 'owed', kind: 'money', value: ({ owed }) => owed.toString() },
    ],
    reasons,
  )
}

/** Adds up the amounts. Returns undefined when a line has none. */
function sumOf(lines: readonly ClearingLine[]): bigint | undefined {
  const amounts = lines.flatMap(({ amount }) => amount ?? [])
  return amounts.length === lines.length ? amounts.reduce((sum, amount) => sum + amount, 0n) : undefined
}
