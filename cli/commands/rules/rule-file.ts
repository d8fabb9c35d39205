import { type MerchantRule, MerchantRuleMatch } from '../../../src/gen/benefits/v1/merchant_rule.js'
import { type CsvLine, isShortenedNumber, readCsvFile } from '../../files/csv-file.js'

/** The columns of a file of merchant rules. */
export const ruleColumns = ['id', 'match', 'name', 'city', 'country', 'mcc'] as const
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

/** Reads a file of merchant rules. Throws Failure when its beginning is not that of such a file. */
export function readRuleFile(path: string): RuleFile {
  const { lines, unused } = readCsvFile(path, {
    columns: ruleColumns,
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
export function ruleCells({ id, match, name, city, country, mcc }: MerchantRule): readonly string[] {
  return [id, match === MerchantRuleMatch.PREFIX ? 'PREFIX' : 'EXACT', name, city, country, mcc]
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

function ruleIn({ id, match, name, city, country, mcc }: CsvLine<RuleColumn>['cells']): MerchantRule {
  // A spreadsheet drops the leading zero of an MCC such as 0742.
  const whole = /^\d{3}$/.test(mcc) ? `0${mcc}` : mcc
  return { ...emptyRule, id, match: matchIn(match), name, city, country, mcc: whole }
}

function matchIn(text: string): MerchantRuleMatch {
  const wanted = text.toUpperCase()
  if (wanted === 'EXACT') return MerchantRuleMatch.EXACT
  return wanted === 'PREFIX' ? MerchantRuleMatch.PREFIX : MerchantRuleMatch.UNSPECIFIED
}
