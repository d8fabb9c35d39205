import { parseTransactionAmount } from '../amount.js'
import { type CsvLine, readCsvFile } from '../files/csv-file.js'
import { idFault } from '../files/id-fault.js'
import { badLine, doubledLines, inFileOrder, type RejectedLine } from '../files/rejected-line.js'

/** The columns of a file of credits. */
export const loadColumns = ['transaction_id', 'account_id', 'category', 'amount'] as const
export type LoadColumn = (typeof loadColumns)[number]
type Cells = Readonly<Record<LoadColumn, string>>

/** Largest file, in bytes: more than a million lines of the longest sensible length. */
const FILE_BYTES_MAX = 256 * 1024 * 1024
const LINES_MAX = 1_000_000

/** A line that can be credited. */
export type Credit = {
  readonly line: number
  readonly transactionId: string
  readonly accountId: string
  readonly category: string
  readonly amount: bigint
  /** Whether the credit first pays what the wallet owes. */
  readonly paysOwed: boolean
  /** As the file has it. */
  readonly cells: Cells
}

/** A line that was not credited, and why. */
export type RejectedCredit = RejectedLine<LoadColumn>

export type LoadFile = {
  /** The separator of cells. */
  readonly separator: string
  readonly credits: readonly Credit[]
  readonly bad: readonly RejectedCredit[]
  readonly unused: readonly string[]
}

/**
 * Reads a file of credits and checks every line of it.
 *
 * @param categories The ids of the categories that accept credits; undefined when unknown.
 * @throws Failure when the file does not begin like one.
 */
export function readLoadFile(
  path: string,
  categories: ReadonlyMap<string, CategoryState> | undefined,
  { paysOwed = false }: { readonly paysOwed?: boolean } = {},
): LoadFile {
  const { lines, unused, separator } = readCsvFile(path, {
    columns: loadColumns,
    bytesMax: FILE_BYTES_MAX,
    linesMax: LINES_MAX,
  })
  const checked = lines.map((line) => checkedLine(line, categories))
  const credits = checked.filter((line) => 'amount' in line).map((line) => ({ ...line, paysOwed }))
  const bad = checked.filter((line) => 'reason' in line)
  const doubled = doubledLines<LoadColumn, Credit>(credits, {
    noun: 'credit',
    areEqual: (one, other) => one.category === other.category && one.amount === other.amount,
  })
  return {
    credits: credits.filter(({ line }) => !doubled.has(line)),
    bad: inFileOrder([...bad, ...doubled.values()]),
    unused,
    separator,
  }
}

/** Whether a category accepts credits. */
export type CategoryState = 'OPEN' | 'CLOSED'

function checkedLine(
  { line, cells, fault, text }: CsvLine<LoadColumn>,
  categories: ReadonlyMap<string, CategoryState> | undefined,
): Omit<Credit, 'paysOwed'> | RejectedCredit {
  if (fault !== undefined) return { ...badLine({ line, cells }, fault), ...(text !== undefined && { text }) }
  const ids = { id: cells.transaction_id, account: cells.account_id, accountColumn: 'account_id' }
  const found = idFault(ids) ?? categoryFault(cells.category, categories)
  if (found !== undefined) return badLine({ line, cells }, found)
  try {
    const amount = parseTransactionAmount(cells.amount)
    const { transaction_id: transactionId, account_id: accountId, category } = cells
    return { line, transactionId, accountId, category, amount, cells }
  } catch (error) {
    if (error instanceof RangeError) return badLine({ line, cells }, error.message)
    throw error
  }
}

function categoryFault(
  category: string,
  categories: ReadonlyMap<string, CategoryState> | undefined,
): string | undefined {
  if (category === '') return 'category is empty'
  if (!categories) return undefined
  const state = categories.get(category)
  if (state === undefined)
    return `there is no category ${JSON.stringify(category)}: it must be one of ${[...categories.keys()].join(', ')}`
  return state === 'CLOSED' ? `category ${category} is closed for credits` : undefined
}
