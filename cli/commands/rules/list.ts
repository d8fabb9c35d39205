import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { numberOption, textOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { objectsIn, textIn } from '../../terminal/sheet.js'
import { type IdOptions, idArguments, idOptions, idsOf } from '../merchant-ids.js'
import { ruleSheet } from './rule-sheet.js'

type Options = IdOptions & {
  readonly name?: string
  readonly mcc?: string
  readonly limit?: number
  readonly page?: string
}

/** `benefits rules list`: merchant rules in the order of their ids. */
export function addRuleList(rules: Command): void {
  const list = rules
    .command('list')
    .description('list merchant rules, sorted by id')
    .addOption(textOption('--name <prefix>', 'only rules whose name starts with this text'))
    .addOption(textOption('--mcc <mcc>', 'only rules that set this MCC'))
  for (const option of Object.values(idOptions())) list.addOption(option)
  list
    .addOption(numberOption('--limit <count>', 'rules per page (50)', { min: 1, max: 1_000 }))
    .addOption(textOption('--page <token>', 'token of the next page, as printed below a page'))
    .addHelpText('after', '\nExample:\n  ./benefits rules list --name UBER')
    .action(async (options: Options, command: Command) => {
      const { name, mcc, limit, page = '' } = options
      await withSession(command, async (session) => {
        const answer: JsonObject = await session.call(methods.listMerchantRules, {
          pageSize: limit ?? 50,
          pageToken: page,
          namePrefix: name ?? '',
          mcc: mcc ?? '',
          ...idsOf(options),
        })
        const next = textIn(answer, 'nextPageToken')
        const asked = [
          ...(name === undefined ? [] : [` --name ${JSON.stringify(name)}`]),
          ...(mcc === undefined ? [] : [` --mcc ${mcc}`]),
          ...idArguments(options),
          ...(limit === undefined ? [] : [` --limit ${limit}`]),
        ].join('')
        session.output.show({
          json: answer,
          parts: [
            ruleSheet(objectsIn(answer, 'merchantRules')),
            ...(next === '' ? [] : [`more: ./benefits rules list${asked} --page ${next}`]),
          ],
        })
      })
    })
}
