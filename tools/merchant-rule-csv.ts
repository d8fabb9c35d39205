import { type MerchantRule, MerchantRuleMatch } from '../src/gen/benefits/v1/merchant_rule.js'
import { readCsv, writeCsv } from './csv.js'

/** The columns of a file of merchant rules. */
const COLUMNS = ['id', 'match', 'name', 'city', 'country', 'mcc'] as const
/** Longest field that is looked at, in characters: a longer one is no part of a rule. */
const FIELD_LENGTH_MAX = 500

/** The rules of a file, and the line that each is on. */
export type RuleFile = {
  readonly rules: readonly MerchantRule[]
  readonly lines: readonly number[]
  /** What is wrong with lines that hold no rule at all. */
  readonly faults: readonly string[]
}

/** Reads a file of merchant rules. Throws Error when it does not begin as one. */
export function readRules(text: string): RuleFile {
  const [header, ...records] = readCsv(text)
  const columns = header?.fields.map((field) => field.trim().toLowerCase()).join(',')
  if (columns !== COLUMNS.join(',')) throw new Error(`the first line must be ${COLUMNS.join(',')}`)
  const faulty = records.flatMap(({ line, fields, fault }) => {
    const found = fault ?? faultIn(fields)
    return found === undefined ? [] : [`line ${line}: ${found}`]
  })
  return {
    rules: records.map(({ fields }) => ruleIn(fields)),
    lines: records.map(({ line }) => line),
    faults: faulty,
  }
}

/** The first line of a file of merchant rules. */
export const header = writeCsv(COLUMNS)

/** Writes a rule as a line. */
export function writeRule({ id, match, name, city, country, mcc }: MerchantRule): string {
  const matchName = match === MerchantRuleMatch.PREFIX ? 'PREFIX' : 'EXACT'
  return writeCsv([id, matchName, name, city, country, mcc])
}

function faultIn(fields: readonly string[]): string | undefined {
  if (fields.length !== COLUMNS.length) return `has ${fields.length} fields and not ${COLUMNS.length}`
  const long = fields.findIndex((field) => field.length > FIELD_LENGTH_MAX)
  return long < 0 ? undefined : `${COLUMNS[long]} is too long`
}

function ruleIn([
  id = '',
  match = '',
  name = '',
  city = '',
  country = '',
  mcc = '',
]: readonly string[]): MerchantRule {
  return {
    id: id.trim(),
    match: matchIn(match),
    name: name.trim(),
    city: city.trim(),
    country: country.trim(),
    mcc: mcc.trim(),
    etag: '',
    updateTime: undefined,
    subject: '',
  }
}

function matchIn(text: string): MerchantRuleMatch {
  const wanted = text.trim().toUpperCase()
  if (wanted === 'EXACT') return MerchantRuleMatch.EXACT
  return wanted === 'PREFIX' ? MerchantRuleMatch.PREFIX : MerchantRuleMatch.UNSPECIFIED
}
