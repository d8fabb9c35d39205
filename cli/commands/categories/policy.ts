import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { listOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { objectIn, sheetOf, textsIn } from '../../terminal/sheet.js'

/** `benefits categories policy`: the MCCs that no category pays for. */
export function addCategoryPolicy(categories: Command): void {
  categories
    .command('policy')
    .description('show or set the MCCs that no category pays for')
    .addOption(listOption('--never <list>', 'all MCCs and ranges that no category pays for, or none'))
    .addHelpText(
      'after',
      '\nExamples:\n  ./benefits categories policy\n  ./benefits categories policy --never "7995 6010-6011"',
    )
    .action(async ({ never }: { never?: string[] }, command: Command) => {
      await withSession(command, async (session) => {
        const answer =
          never === undefined
            ? await session.call(methods.getMccPolicy, {})
            : await session.call(methods.updateMccPolicy, { policy: { neverPermitted: never } })
        session.output.show({ json: answer, parts: [neverSheet(answer)] })
      })
    })
}

function neverSheet(answer: JsonObject) {
  return sheetOf<string>(
    [{ name: 'never_permitted', title: 'never permitted', value: (mccs) => mccs }],
    textsIn(objectIn(answer, 'policy'), 'neverPermitted'),
  )
}
