import type { Command } from 'commander'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { objectsIn } from '../../terminal/sheet.js'
import { categorySheet } from './category-sheet.js'

/** `benefits categories list`: the categories in their order. */
export function addCategoryList(categories: Command): void {
  categories
    .command('list')
    .description('list categories in order, with the MCCs that each pays for')
    .addHelpText('after', '\nExample:\n  ./benefits categories list')
    .action(async (_: unknown, command: Command) => {
      await withSession(command, async (session) => {
        const answer = await session.call(methods.listCategories, { pageSize: 1_000 })
        session.output.show({ json: answer, parts: [categorySheet(objectsIn(answer, 'categories'))] })
      })
    })
}
