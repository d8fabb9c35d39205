import { readFile, stat } from 'node:fs/promises'
import { loadEnvFile, readConfig } from '../src/config.js'
import {
  type ImportMerchantRulesRequest,
  type ImportMerchantRulesResponse,
  type MerchantRule,
  MerchantRuleServiceService,
} from '../src/gen/benefits/v1/merchant_rule.js'
import { sendStream } from './client-stream.js'
import { requiredArgument, runCommand } from './command.js'
import { readRules } from './merchant-rule-csv.js'

const EXAMPLE = 'make import-rules file=rules.csv'
/** Largest file, in bytes: a hundred thousand rules as long as they can be have less. */
const FILE_BYTES_MAX = 64 * 1024 * 1024
/** Longest time that the import may take, in milliseconds. */
const IMPORT_MS_MAX = 60_000
/** Most characters of rules in one message: even if each takes four bytes it fits into a message of the service. */
const MESSAGE_LENGTH_MAX = 3_500
/** What a rule takes in a message besides its texts, in bytes. */
const RULE_OVERHEAD = 20
/** Bad lines that are shown. */
const SHOWN_MAX = 100

await runCommand('import-rules', async () => {
  const file = requiredArgument('file', EXAMPLE)
  const { rules, lines, faults } = readRules(await textOf(file))
  if (faults.length > 0) throw refused(file, faults, faults.length)
  loadEnvFile()
  const answer = await sendStream({
    config: readConfig(process.env),
    token: { scope: 'rules:write', subject: 'make import-rules' },
    method: MerchantRuleServiceService.importMerchantRules,
    requests: messagesOf(rules),
    durationMsMax: IMPORT_MS_MAX,
  })
  const { createdCount, changedCount, unchangedCount, refusedCount } = answer
  if (refusedCount > 0n) throw refused(file, refusals(answer, lines), Number(refusedCount))
  console.log(`${createdCount} created, ${changedCount} changed, ${unchangedCount} were there already`)
})

async function textOf(file: string): Promise<string> {
  const { size } = await stat(file)
  if (size > FILE_BYTES_MAX) throw new Error(`${file} has more than ${FILE_BYTES_MAX} bytes`)
  try {
    // Takes a byte order mark away, too.
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    if (error instanceof TypeError) throw new Error(`${file} is not UTF-8`)
    throw error
  }
}

function* messagesOf(rules: readonly MerchantRule[]): Generator<ImportMerchantRulesRequest> {
  let merchantRules: MerchantRule[] = []
  let length = 0
  for (const rule of rules) {
    const more = rule.id.length + rule.name.length + rule.city.length + rule.country.length + rule.mcc.length
    if (length + more + RULE_OVERHEAD > MESSAGE_LENGTH_MAX && merchantRules.length > 0) {
      yield { merchantRules }
      merchantRules = []
      length = 0
    }
    merchantRules.push(rule)
    length += more + RULE_OVERHEAD
  }
  if (merchantRules.length > 0) yield { merchantRules }
}

/** The service counts rules, people count lines. */
function refusals(
  { refused: items }: ImportMerchantRulesResponse,
  lines: readonly number[],
): readonly string[] {
  return items.map(({ index, description, otherIndex }) => {
    const other = otherIndex === undefined ? '' : ` (line ${lines[Number(otherIndex)]})`
    return `line ${lines[Number(index)]}: ${description}${other}`
  })
}

function refused(file: string, faults: readonly string[], count: number): Error {
  const shown = faults.slice(0, SHOWN_MAX)
  const rest = count > shown.length ? [`and ${count - shown.length} more`] : []
  const said = `${file}: nothing was imported, ${count} bad ${count === 1 ? 'line' : 'lines'}`
  return new Error([said, ...shown, ...rest].join('\n'))
}
