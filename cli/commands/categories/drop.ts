import type { Command } from 'commander'
import { textArgument } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { sheetOf } from '../../terminal/sheet.js'

/** Time limit of a deletion, in milliseconds, as in the service: it checks every account. */
const DROP_MS_MAX = 120_000

/** `benefits categories drop`: deletes a category that holds no money. */
export function addCategoryDrop(categories: Command): void {
  categories
    .command('drop')
    .description('delete a category that is closed for credits and holds no money')
    .argument('<category>', 'id of the category', textArgument)
    .addHelpText('after', '\nExample:\n  ./benefits categories drop PETS')
    .action(async (id: string, _: unknown, command: Command) => {
      await withSession(command, async (session) => {
        const timeoutMs = session.timeoutMs ?? DROP_MS_MAX
        const answer = await session.call(methods.deleteCategory, { categoryId: id }, { timeoutMs })
        session.output.show({
          json: answer,
          parts: [`category ${id} deleted`],
          csv: sheetOf<string>([{ name: 'removed_category', value: (removed) => removed }], [id]),
        })
      })
    })
}
