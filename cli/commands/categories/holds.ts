import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { numberOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { objectIn, objectsIn, type Sheet, sheetOf, textIn, textsIn } from '../../terminal/sheet.js'
import { type HoldRule, holdRulesOption } from './hold-rules.js'

/** Longest duration of a hold, in days. */
const DAYS_MAX = 31

type Options = { readonly days?: number; readonly rules?: readonly HoldRule[] }

/** `benefits categories holds`: how long holds last, and by how much a capture may exceed its hold. */
export function addCategoryHolds(categories: Command): void {
  categories
    .command('holds')
    .description('show or set how long holds last, and by how much captures may exceed them')
    .addOption(
      numberOption('--days <count>', 'days that a hold lasts when no rule says otherwise', {
        min: 1,
        max: DAYS_MAX,
      }),
    )
    .addOption(holdRulesOption())
    .addHelpText(
      'after',
      '\nExamples:\n  ./benefits categories holds\n  ./benefits categories holds --days 7 --rules "5812-5814 4121 7230 7298 = 20%; 7011 = 31d 15%"',
    )
    .action(async ({ days, rules }: Options, command: Command) => {
      await withSession(command, async (session) => {
        const current = await session.call(methods.getHoldPolicy, {})
        // The service replaces the whole policy.
        const policy = {
          ...objectIn(current, 'policy'),
          ...(days !== undefined && { days }),
          ...(rules !== undefined && { rules: [...rules] }),
        }
        const isRead = days === undefined && rules === undefined
        const answer = isRead ? current : await session.call(methods.updateHoldPolicy, { policy })
        session.output.show({ json: answer, parts: [policySheet(objectIn(answer, 'policy'))] })
      })
    })
}

/** A row for each rule, in order, and one for all other MCCs. */
function policySheet(policy: JsonObject): Sheet {
  const days = textIn(policy, 'days')
  const rows = [...objectsIn(policy, 'rules'), {}]
  return sheetOf<JsonObject>(
    [
      { name: 'mccs', title: 'MCCs', value: (rule) => textsIn(rule, 'mccs').join(' ') || 'all others' },
      { name: 'days', title: 'days', kind: 'count', value: (rule) => textIn(rule, 'days') || days },
      {
        name: 'over_percent',
        title: 'captures may exceed by %',
        kind: 'count',
        value: (rule) => textIn(rule, 'overPercent') || '0',
      },
    ],
    rows,
  )
}
