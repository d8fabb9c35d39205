import {
  isCurrencySupported,
  type NetworkText,
  networkTextRules,
  products,
  rails,
} from '../../src/domain/network.js'
import { BookStreamRequest } from '../../src/gen/benefits/v1/card_rail.js'
import { type NetworkData, Product, Rail } from '../../src/gen/benefits/v1/network.js'
import { parseTransactionAmount } from '../amount.js'
import { type CsvLine, readCsvFile } from '../files/csv-file.js'
import { idFault, presentFault, shortenedFault, transactionIdFault } from '../files/id-fault.js'
import { badLine, doubledLines, inFileOrder, type RejectedLine } from '../files/rejected-line.js'

/** The kinds of lines. */
export const clearingKinds = ['capture', 'advice', 'refund', 'reversal'] as const
export type ClearingKind = (typeof clearingKinds)[number]

/** The columns for text fields of NetworkData. */
const networkColumns = {
  merchant_id: 'merchantId',
  merchant_tax_id: 'merchantTaxId',
  acquirer_id: 'acquirerId',
  terminal_id: 'terminalId',
  rrn: 'rrn',
  network_reference: 'networkReference',
  currency: 'currency',
  entry_mode: 'entryMode',
  local_time: 'localTime',
} as const satisfies Readonly<Record<string, NetworkText>>
type NetworkColumn = keyof typeof networkColumns
const networkTexts = Object.entries(networkColumns) as readonly (readonly [NetworkColumn, NetworkText])[]

/** The columns that a clearing file must have. */
export const requiredColumns = [
  'kind',
  'account',
  'transaction_id',
  'original',
  'amount',
  'mcc',
  'merchant',
] as const
/** The columns that may be missing. */
export const optionalColumns = [
  'more_to_come',
  'rail',
  'product',
  ...networkTexts.map(([column]) => column),
] as const

/** The columns of a clearing file. */
export const clearingColumns = [...requiredColumns, ...optionalColumns] as const
export type ClearingColumn = (typeof clearingColumns)[number]
type Cells = Readonly<Record<ClearingColumn, string>>

/** Largest file, in bytes: more than the limit of lines takes with a usual length. */
const FILE_BYTES_MAX = 128 * 1024 * 1024
/** Most lines. The command takes 1.5 MB of memory for 1,000 of them. */
const LINES_MAX = 500_000
const MERCHANT_LENGTH_MAX = 99

/** A line that can be booked. */
export type ClearingLine = {
  readonly line: number
  readonly kind: ClearingKind
  readonly accountId: string
  readonly transactionId: string
  /** The id of the purchase: the original, or else the line's own id. */
  readonly purchaseId: string
  /** In centavos; undefined for a reversal of all that is left. */
  readonly amount: bigint | undefined
  /** As the file has it. */
  readonly cells: Cells
}

/** A line that was not booked, or that a person should look at. */
export type NotedLine = RejectedLine<ClearingColumn>

export type ClearingFile = {
  /** The separator of cells. */
  readonly separator: string
  readonly lines: readonly ClearingLine[]
  readonly bad: readonly NotedLine[]
  readonly unused: readonly string[]
}

/**
 * Reads a clearing file and checks every line of it.
 *
 * @throws Failure when the file does not begin like one.
 */
export function readClearingFile(path: string): ClearingFile {
  const file = readCsvFile<ClearingColumn>(path, {
    columns: clearingColumns,
    optional: optionalColumns,
    bytesMax: FILE_BYTES_MAX,
    linesMax: LINES_MAX,
  })
  const checked = file.lines.map(checkedLine)
  const lines = checked.filter((line) => 'kind' in line)
  const bad = checked.filter((line) => 'reason' in line)
  const doubled = doubledLines<ClearingColumn, ClearingLine>(lines, { noun: 'line', areEqual })
  return {
    lines: lines.filter(({ line }) => !doubled.has(line)),
    bad: inFileOrder([...bad, ...doubled.values()]),
    unused: file.unused,
    separator: file.separator,
  }
}

function areEqual(one: ClearingLine, other: ClearingLine): boolean {
  const bytesOf = (line: ClearingLine) => Buffer.from(BookStreamRequest.encode(requestOf(line)).finish())
  return bytesOf(one).equals(bytesOf(other))
}

function checkedLine({ line, cells, fault, text }: CsvLine<ClearingColumn>): ClearingLine | NotedLine {
  if (fault !== undefined) return { ...badLine({ line, cells }, fault), ...(text !== undefined && { text }) }
  const kind = clearingKinds.find((each) => each === cells.kind.toLowerCase())
  if (kind === undefined) return badLine({ line, cells }, kindFault(cells.kind))
  const found =
    idFault({ id: cells.transaction_id, account: cells.account, accountColumn: 'account' }) ??
    originalFault(kind, cells) ??
    (kind === 'reversal' ? undefined : purchaseFault(cells)) ??
    moreToComeFault(kind, cells.more_to_come)
  if (found !== undefined) return badLine({ line, cells }, found)
  try {
    return lineOf({ line, kind, cells })
  } catch (error) {
    if (error instanceof RangeError) return badLine({ line, cells }, error.message)
    throw error
  }
}

function kindFault(kind: string): string {
  return `kind ${JSON.stringify(kind)} must be one of ${clearingKinds.join(', ')}`
}

function originalFault(kind: ClearingKind, { original, transaction_id: id }: Cells): string | undefined {
  if (original === '' && (kind === 'advice' || kind === 'refund')) return undefined
  if (original === id) return `original ${JSON.stringify(id)} must differ from transaction_id`
  return presentFault('original', original) ?? transactionIdFault('original', original)
}

/** Finds the fault of the fields that only a reversal lacks. */
function purchaseFault(cells: Cells): string | undefined {
  const { mcc, merchant } = cells
  if (!/^\d{4}$/.test(mcc))
    return `mcc ${JSON.stringify(mcc)} must be four digits (a spreadsheet drops zeros at the beginning)`
  if (merchant.length > MERCHANT_LENGTH_MAX)
    return `merchant must have at most ${MERCHANT_LENGTH_MAX} characters`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the service rejects them.
  if (/[\u0000-\u001f\u007f-\u009f]/.test(merchant)) return 'merchant must not contain control characters'
  return networkFault(cells)
}

function networkFault(cells: Cells): string | undefined {
  return railFault(cells) ?? currencyFault(cells) ?? networkTextFault(cells)
}

function railFault({ rail, product }: Cells): string | undefined {
  if (rail !== '' && !rails.some((each) => isChoice(rail, each)))
    return `rail ${JSON.stringify(rail)} must be one of ${rails.join(', ')}`
  if (product !== '' && !products.some((each) => isChoice(product, each)))
    return `product ${JSON.stringify(product)} must be one of ${products.join(', ')}`
  return product !== '' && !isChoice(rail, 'VOUCHER') ? 'product is only for the rail VOUCHER' : undefined
}

function currencyFault({ currency }: Cells): string | undefined {
  if (currency === '' || isCurrencySupported(currency)) return undefined
  return `currency ${JSON.stringify(currency)} must be BRL: the amount is what the holder is charged`
}

function networkTextFault(cells: Cells): string | undefined {
  for (const [column, field] of networkTexts) {
    const cell = cells[column]
    const { fits, description } = networkTextRules[field]
    if (cell === '') continue
    const shortened = shortenedFault(column, cell)
    if (shortened !== undefined) return shortened
    if (!fits(cell)) return `${column} ${JSON.stringify(cell)} ${description}`
  }
  return undefined
}

function isChoice(cell: string, choice: string): boolean {
  return cell.toUpperCase() === choice
}

const yes = ['yes', 'true', '1', 'sim']
const no = ['', 'no', 'false', '0', 'não', 'nao']

function moreToComeFault(kind: ClearingKind, cell: string): string | undefined {
  if (no.includes(cell.toLowerCase())) return undefined
  if (!yes.includes(cell.toLowerCase())) return `more_to_come ${JSON.stringify(cell)} must be yes or no`
  return kind === 'capture' ? undefined : `more_to_come is only for a capture`
}

function lineOf({ line, kind, cells }: { line: number; kind: ClearingKind; cells: Cells }): ClearingLine {
  const amount = kind === 'reversal' && cells.amount === '' ? undefined : parseTransactionAmount(cells.amount)
  const { account: accountId, transaction_id: transactionId, original } = cells
  return {
    line,
    kind,
    accountId,
    transactionId,
    purchaseId: original === '' ? transactionId : original,
    amount,
    cells,
  }
}

/** Builds the request of a line. It is not kept: a file has a hundred thousand of them. */
export function requestOf({ kind, cells, amount }: ClearingLine): BookStreamRequest {
  const ids = {
    transactionId: cells.transaction_id,
    accountId: cells.account,
    originalTransactionId: cells.original,
  }
  if (kind === 'reversal')
    return { line: { $case: kind, value: { ...ids, amount, original: undefined, advice: true } } }
  const { mcc, merchant } = cells
  const booking = { ...ids, amount: amount ?? 0n, mcc, merchant, network: networkOf(cells) }
  switch (kind) {
    case 'capture': {
      const moreToCome = yes.includes(cells.more_to_come.toLowerCase())
      return { line: { $case: kind, value: { ...booking, moreToCome } } }
    }
    case 'advice':
      return { line: { $case: kind, value: { ...booking, fallback: 0 } } }
    case 'refund':
      return { line: { $case: kind, value: { ...booking, request: false } } }
  }
}

function networkOf(cells: Cells): NetworkData | undefined {
  const { rail, product } = cells
  if (rail === '' && networkTexts.every(([column]) => cells[column] === '')) return undefined
  return {
    rail: Rail[rails.find((each) => isChoice(rail, each)) ?? 'UNSPECIFIED'],
    product: Product[products.find((each) => isChoice(product, each)) ?? 'UNSPECIFIED'],
    merchantId: cells.merchant_id,
    merchantTaxId: cells.merchant_tax_id,
    acquirerId: cells.acquirer_id,
    terminalId: cells.terminal_id,
    rrn: cells.rrn,
    networkReference: cells.network_reference,
    currency: cells.currency,
    entryMode: cells.entry_mode,
    localTime: cells.local_time,
  }
}
