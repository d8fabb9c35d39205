import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import type { Command } from 'commander'
import {
  type ImportMerchantRulesRequest,
  type ImportMerchantRulesResponse,
  type MerchantRule,
  MerchantRuleServiceService,
} from '../../../src/gen/benefits/v1/merchant_rule.js'
import { Failure } from '../../failure.js'
import { textArgument } from '../../options.js'
import { methods } from '../../service/methods.js'
import { ServiceFailure } from '../../service/service-failure.js'
import { type Session, withSession } from '../../session.js'
import { sheetOf } from '../../terminal/sheet.js'
import { type RuleLine, readRuleFile, ruleCells } from './rule-file.js'

/** Longest time that the import may take, in milliseconds. */
const IMPORT_MS_MAX = 180_000
/** Pause before the import is sent again, in milliseconds. */
const RETRY_PAUSE_MS = 2_000
/** Limit of characters of rules in one message, which fits the service even at four bytes a character. */
const MESSAGE_LENGTH_MAX = 3_500
/** Size of a rule in a message without its texts, in bytes. */
const RULE_OVERHEAD = 20
/** Number of invalid lines to show. */
const SHOWN_MAX = 100

/** `benefits rules import`: imports a file of rules, all or none. */
export function addImport(rules: Command): void {
  rules
    .command('import')
    .description('import merchant rules from a file, all or none; columns id,match,name,city,country,mcc')
    .argument('<file>', 'CSV file, as spreadsheets write it', textArgument)
    .addHelpText(
      'after',
      '\nRules by id have more columns: merchant_tax_id,acquirer_id,merchant_id.\n\nExample:\n  ./benefits rules import rules.csv',
    )
    .action(async (file: string, _: unknown, command: Command) => {
      await withSession(command, async (session) => {
        const { lines, unused } = readRuleFile(file)
        if (unused.length > 0) session.output.note(`unused columns: ${unused.join(', ')}`)
        if (lines.length === 0) throw new Failure(`${file} holds no rules`)
        const answer = await send(
          session,
          lines.map(({ rule }) => rule),
        )
        if (answer.rejectedCount > 0n)
          throw rejection(file, rejections(answer, lines), Number(answer.rejectedCount))
        const { createdCount, changedCount, unchangedCount } = answer
        const counts = {
          created: Number(createdCount),
          changed: Number(changedCount),
          unchanged: Number(unchangedCount),
        }
        session.output.show({
          json: counts,
          parts: [
            sheetOf(
              [
                { name: 'created', title: 'created', kind: 'count', value: (row) => row.created },
                { name: 'changed', title: 'changed', kind: 'count', value: (row) => row.changed },
                {
                  name: 'unchanged',
                  title: 'existed already',
                  kind: 'count',
                  value: (row) => row.unchanged,
                },
              ],
              [counts],
            ),
          ],
        })
      })
    })
}

/**
 * Sends the rules, and sends them again while the service says that it is unavailable for the moment. Sending
 * them twice does no harm: the second import finds them unchanged.
 */
async function send(session: Session, rules: readonly MerchantRule[]): Promise<ImportMerchantRulesResponse> {
  const endsAtMs = performance.now() + (session.timeoutMs ?? IMPORT_MS_MAX)
  for (let attempt = 1; ; attempt++) {
    try {
      return await session.connection.sendStream(MerchantRuleServiceService.importMerchantRules, {
        scope: methods.importMerchantRules.scope,
        requests: messagesOf(rules),
        timeoutMs: endsAtMs - performance.now(),
      })
    } catch (error) {
      if (!isUnavailable(error) || performance.now() + RETRY_PAUSE_MS > endsAtMs) throw error
      if (attempt === 1) session.output.note('the service is unavailable for the moment: trying again')
      await delay(RETRY_PAUSE_MS)
    }
  }
}

/** Whether the service itself reports UNAVAILABLE. Without a service, trying again does not help. */
function isUnavailable(error: unknown): boolean {
  return error instanceof ServiceFailure && error.code === status.UNAVAILABLE && error.reason !== ''
}

function* messagesOf(rules: readonly MerchantRule[]): Generator<ImportMerchantRulesRequest> {
  let merchantRules: MerchantRule[] = []
  let length = 0
  for (const rule of rules) {
    const more = lengthOf(rule)
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

/** The length of all texts of a rule, in characters. */
function lengthOf(rule: MerchantRule): number {
  return ruleCells(rule).reduce((sum, cell) => sum + cell.length, 0)
}

/** Translates the index of a rule to the line of the file. An invalid line was sent as an empty rule. */
function rejections(
  { rejectedRules: items }: ImportMerchantRulesResponse,
  lines: readonly RuleLine[],
): readonly string[] {
  return items.map(({ index, description, otherIndex }) => {
    const { line, fault } = lines[Number(index)] ?? {}
    if (fault !== undefined) return `line ${line}: ${fault}`
    const other = otherIndex === undefined ? '' : ` (line ${lines[Number(otherIndex)]?.line})`
    return `line ${line}: ${description}${other}`
  })
}

function rejection(file: string, faults: readonly string[], count: number): Failure {
  const shown = faults.slice(0, SHOWN_MAX)
  const rest = count > shown.length ? [`and ${count - shown.length} more`] : []
  const said = `${file}: nothing was imported, ${count} invalid ${count === 1 ? 'line' : 'lines'}`
  return new Failure([said, ...shown, ...rest].join('\n'))
}
