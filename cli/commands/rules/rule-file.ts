import { type MerchantRule, MerchantRuleMatch } from '../../../src/gen/benefits/v1/merchant_rule.js'
import { type CsvLine, isShortenedNumber, readCsvFile } from '../../files/csv-file.js'

/** The columns that a file of rules by name does without, and files of earlier releases, too. */
const idColumns = ['merchant_tax_id', 'acquirer_id', 'merchant_id'] as const
/** The columns of a file of merchant rules. */
export const ruleColumns = ['id', 'match', 'name', 'city', 'country', 'mcc', ...idColumns] as const
type RuleColumn = (typeof ruleColumns)[number]

/** Largest file, in bytes: more than a hundred thousand rules of the maximum length. */
const FILE_BYTES_MAX = 64 * 1024 * 1024
/** Limit of rules in one import, as in the service. */
const RULES_MAX = 100_000

/** A line of a file of rules. */
export type RuleLine = {
  readonly line: number
  /**
   * An empty rule when the line is invalid: the service rejects it, and reports the problems of all other
   * lines.
   */
  readonly rule: MerchantRule
  readonly fault?: string
}

export type RuleFile = {
  readonly lines: readonly RuleLine[]
  readonly unused: readonly string[]
}

/** Reads a file of merchant rules. Throws Failure when the file does not begin like one. */
export function readRuleFile(path: string): RuleFile {
  const { lines, unused } = readCsvFile(path, {
    columns: ruleColumns,
    optional: idColumns,
    bytesMax: FILE_BYTES_MAX,
    linesMax: RULES_MAX,
  })
  return { lines: lines.map(ruleLine), unused }
}

function ruleLine({ line, cells, fault }: CsvLine<RuleColumn>): RuleLine {
  const found = fault ?? faultIn(cells)
  return found === undefined ? { line, rule: ruleIn(cells) } : { line, rule: emptyRule, fault: found }
}

/** Writes a rule as the cells of a line. */
export function ruleCells(rule: MerchantRule): readonly string[] {
  const { id, name, city, country, mcc, merchantTaxId, acquirerId, merchantId } = rule
  const match = matches.find((word) => MerchantRuleMatch[word] === rule.match) ?? ''
  return [id, match, name, city, country, mcc, merchantTaxId, acquirerId, merchantId]
}

function faultIn(cells: Readonly<Record<RuleColumn, string>>): string | undefined {
  const shortened = ruleColumns.find((column) => isShortenedNumber(cells[column]))
  if (shortened === undefined) return undefined
  return `${shortened} ${cells[shortened]} was shortened by a spreadsheet: format the column as text`
}

const emptyRule: MerchantRule = {
  id: '',
  match: MerchantRuleMatch.UNSPECIFIED,
  name: '',
  city: '',
  country: '',
  mcc: '',
  etag: '',
  updateTime: undefined,
  subject: '',
  merchantTaxId: '',
  acquirerId: '',
  merchantId: '',
}

function ruleIn(cells: CsvLine<RuleColumn>['cells']): MerchantRule {
  const { id, match, name, city, country, mcc, merchant_tax_id: taxId } = cells
  return {
    ...emptyRule,
    id,
    match: matchIn(match),
    name,
    city,
    country,
    mcc: withZeros(mcc, { from: 3, to: 4 }),
    merchantTaxId: withZeros(taxId, { from: 3, to: 14 }),
    acquirerId: cells.acquirer_id,
    merchantId: cells.merchant_id,
  }
}

/** Gives a number the leading zeros back that a spreadsheet drops: 742 is the MCC 0742. */
function withZeros(cell: string, { from, to }: { readonly from: number; readonly to: number }): string {
  return /^\d+$/.test(cell) && cell.length >= from ? cell.padStart(to, '0') : cell
}

const matches = ['EXACT', 'PREFIX', 'TAX_ID', 'MERCHANT_ID'] as const

function matchIn(text: string): MerchantRuleMatch {
  const match = matches.find((word) => word === text.toUpperCase())
  return match ? MerchantRuleMatch[match] : MerchantRuleMatch.UNSPECIFIED
}
