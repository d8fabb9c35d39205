import { parseTransactionAmount } from '../amount.js'
import { type CsvLine, isShortenedNumber, readCsvFile } from '../files/csv-file.js'

/** The columns of a file of credits. */
export const loadColumns = ['transaction_id', 'account_id', 'category', 'amount'] as const
type LoadColumn = (typeof loadColumns)[number]
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
  /** As the file has it. */
  readonly cells: Cells
}

/** A line that was not credited, and why. */
export type RejectedLine = {
  readonly line: number
  readonly cells: Cells
  /** Such as ACCOUNT_CLOSED; INVALID_LINE when the file itself is wrong. */
  readonly reason: string
  readonly description: string
  /** The original line when it cannot be split into cells; `cells` are empty then. */
  readonly text?: string
}

export type LoadFile = {
  /** The separator of cells. */
  readonly separator: string
  readonly credits: readonly Credit[]
  readonly bad: readonly RejectedLine[]
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
): LoadFile {
  const { lines, unused, separator } = readCsvFile(path, {
    columns: loadColumns,
    bytesMax: FILE_BYTES_MAX,
    linesMax: LINES_MAX,
  })
  const checked = lines.map((line) => checkedLine(line, categories))
  const credits = checked.filter((line) => 'amount' in line)
  const bad = checked.filter((line) => 'reason' in line)
  const doubled = doubledLines(credits)
  return {
    credits: credits.filter(({ line }) => !doubled.has(line)),
    bad: [...bad, ...doubled.values()].sort((one, other) => one.line - other.line),
    unused,
    separator,
  }
}

/** Whether a category accepts credits. */
export type CategoryState = 'OPEN' | 'CLOSED'

function checkedLine(
  { line, cells, fault, text }: CsvLine<LoadColumn>,
  categories: ReadonlyMap<string, CategoryState> | undefined,
): Credit | RejectedLine {
  if (fault !== undefined) return { ...badLine({ line, cells }, fault), ...(text !== undefined && { text }) }
  const found = idFault(cells) ?? categoryFault(cells.category, categories)
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

function idFault({ transaction_id: id, account_id: account }: Cells): string | undefined {
  for (const [column, cell] of [
    ['transaction_id', id],
    ['account_id', account],
  ] as const) {
    if (cell === '') return `${column} is empty`
    if (isShortenedNumber(cell))
      return `${column} ${JSON.stringify(cell)} was shortened by a spreadsheet: format the column as text`
  }
  if (!/^[\x21-\x7e]{1,128}$/.test(id))
    return `transaction_id ${JSON.stringify(id)} must be 1 to 128 visible ASCII characters`
  if (!/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/.test(account))
    return `account_id ${JSON.stringify(account)} must be 1 to 64 characters from A-Z a-z 0-9 . _ : -`
  return undefined
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

/**
 * Finds lines that repeat an id of the same account. Of equal lines it keeps the first; of different lines
 * none, because the intended line is unknown.
 */
function doubledLines(credits: readonly Credit[]): ReadonlyMap<number, RejectedLine> {
  const byId = new Map<string, Credit[]>()
  for (const credit of credits) {
    const key = `${credit.accountId} ${credit.transactionId}`
    const same = byId.get(key)
    if (same) same.push(credit)
    else byId.set(key, [credit])
  }
  const doubled = [...byId.values()].filter(({ length }) => length > 1).flatMap(rejectedOf)
  return new Map(doubled.map((line) => [line.line, line]))
}

function rejectedOf([first, ...others]: readonly Credit[]): readonly RejectedLine[] {
  if (!first) return []
  const areEqual = others.every((each) => each.category === first.category && each.amount === first.amount)
  const how = areEqual ? 'the same credit is' : 'another credit with the same id is'
  const rejected = (credit: Credit, otherLine: number | undefined) => {
    const { line, cells, transactionId, accountId } = credit
    const said = `transaction_id ${transactionId} of account ${accountId}: ${how} on line ${otherLine}`
    return badLine({ line, cells }, said)
  }
  return [
    ...(areEqual ? [] : [rejected(first, others[0]?.line)]),
    ...others.map((credit) => rejected(credit, first.line)),
  ]
}

function badLine({ line, cells }: { line: number; cells: Cells }, description: string): RejectedLine {
  return { line, cells, reason: 'INVALID_LINE', description }
}
