import type { Command } from 'commander'
import { textArgument } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { sheetOf } from '../../terminal/sheet.js'

/** A deletion looks at every account: this is as long as the service looks, in milliseconds. */
const DROP_MS_MAX = 120_000

/** `benefits categories drop`: removes a category in which nobody holds money. */
export function addCategoryDrop(categories: Command): void {
  categories
    .command('drop')
    .description('remove a category that is closed for credits and in which nobody holds money')
    .argument('<category>', 'id of the category', textArgument)
    .addHelpText('after', '\nExample:\n  ./benefits categories drop PETS')
    .action(async (id: string, _: unknown, command: Command) => {
      await withSession(command, async (session) => {
        const timeoutMs = session.timeoutMs ?? DROP_MS_MAX
        const answer = await session.call(methods.deleteCategory, { categoryId: id }, { timeoutMs })
        session.output.show({
          json: answer,
          parts: [`category ${id} is removed`],
          csv: sheetOf<string>([{ name: 'removed_category', value: (removed) => removed }], [id]),
        })
      })
    })
}
