import { type MerchantRule, MerchantRuleMatch } from '../../../src/gen/benefits/v1/merchant_rule.js'
import { type CsvLine, isShortenedNumber, readCsvFile } from '../../files/csv-file.js'

/** The columns of a file of merchant rules. */
export const ruleColumns = ['id', 'match', 'name', 'city', 'country', 'mcc'] as const
type RuleColumn = (typeof ruleColumns)[number]

/** Largest file, in bytes: a hundred thousand rules as long as they can be have less. */
const FILE_BYTES_MAX = 64 * 1024 * 1024
/** Most rules of one import, as the service has it. */
const RULES_MAX = 100_000

/** The rules of a file, and the line that each is on. */
export type RuleFile = {
  readonly rules: readonly MerchantRule[]
  readonly lines: readonly number[]
  /** What is wrong with lines that hold no rule. */
  readonly faults: readonly string[]
  readonly unused: readonly string[]
}

/** Reads a file of merchant rules. Throws Failure when it does not begin as one. */
export function readRuleFile(path: string): RuleFile {
  const { lines, unused } = readCsvFile(path, {
    columns: ruleColumns,
    bytesMax: FILE_BYTES_MAX,
    linesMax: RULES_MAX,
  })
  const faults = lines.flatMap((each) => {
    const found = each.fault ?? faultIn(each.cells)
    return found === undefined ? [] : [`line ${each.line}: ${found}`]
  })
  return { rules: lines.map(ruleIn), lines: lines.map(({ line }) => line), faults, unused }
}

/** A rule as the cells of its line. */
export function ruleCells({ id, match, name, city, country, mcc }: MerchantRule): readonly string[] {
  return [id, match === MerchantRuleMatch.PREFIX ? 'PREFIX' : 'EXACT', name, city, country, mcc]
}

function faultIn(cells: Readonly<Record<RuleColumn, string>>): string | undefined {
  const shortened = ruleColumns.find((column) => isShortenedNumber(cells[column]))
  if (shortened === undefined) return undefined
  return `${shortened} ${cells[shortened]} was shortened by a spreadsheet: format the column as text`
}

function ruleIn({ cells: { id, match, name, city, country, mcc } }: CsvLine<RuleColumn>): MerchantRule {
  // A spreadsheet takes the zero from an MCC such as 0742.
  const whole = /^\d{3}$/.test(mcc) ? `0${mcc}` : mcc
  return {
    id,
    match: matchIn(match),
    name,
    city,
    country,
    mcc: whole,
    etag: '',
    updateTime: undefined,
    subject: '',
  }
}

function matchIn(text: string): MerchantRuleMatch {
  const wanted = text.toUpperCase()
  if (wanted === 'EXACT') return MerchantRuleMatch.EXACT
  return wanted === 'PREFIX' ? MerchantRuleMatch.PREFIX : MerchantRuleMatch.UNSPECIFIED
}
