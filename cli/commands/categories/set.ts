import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { Failure } from '../../failure.js'
import {
  choiceOption,
  choicesOption,
  listOption,
  numberOption,
  textArgument,
  textOption,
} from '../../options.js'
import { methods } from '../../service/methods.js'
import { type Session, withSession } from '../../session.js'
import { objectIn, objectsIn, textIn, textsIn } from '../../terminal/sheet.js'
import { categorySheet } from './category-sheet.js'

type Options = {
  readonly title?: string
  readonly order?: number
  readonly mccs?: string[]
  readonly credits?: string
  readonly free?: string
  readonly rails?: string[]
  readonly regulated?: string
  readonly immediate?: string
}

/** `benefits categories set`: adds a category, or changes the given properties of a category. */
export function addCategorySet(categories: Command): void {
  categories
    .command('set')
    .description('add or change a category; options that are left out change nothing')
    .argument('<category>', 'id of the category, such as PETS', textArgument)
    .addOption(textOption('--title <text>', 'display name'))
    .addOption(
      numberOption('--order <number>', 'position: a lower number pays first', { min: 0, max: 1_000_000 }),
    )
    .addOption(listOption('--mccs <list>', 'all MCCs and ranges that the category pays for, or none'))
    .addOption(choiceOption('--credits <state>', 'whether its wallets accept credits', ['open', 'closed']))
    .addOption(choiceOption('--free <answer>', 'whether its wallets pay for purchases', ['yes', 'no']))
    .addOption(
      choicesOption('--rails <list>', 'all rails over which it pays (none: any)', [
        'voucher',
        'credit',
        'debit',
      ]),
    )
    .addOption(choiceOption('--regulated <answer>', 'whether the law regulates its money', ['yes', 'no']))
    .addOption(choiceOption('--immediate <answer>', 'whether it pays holds at once', ['yes', 'no']))
    .addHelpText(
      'after',
      '\nExamples:\n  ./benefits categories set PETS --title "Pets" --order 80 --mccs "0742 5995-5999"\n  ./benefits categories set PETS --credits closed\n  ./benefits categories set FOOD --rails voucher --regulated yes --immediate yes',
    )
    .action(async (id: string, options: Options, command: Command) => {
      if (Object.keys(options).length === 0) throw new Failure('name at least one option to set: see --help')
      await withSession(command, async (session) => {
        const current = await categoryNamed(session, id)
        if (
          !current &&
          (options.order === undefined || (options.mccs === undefined && options.free !== 'yes'))
        )
          throw new Failure(
            `there is no category ${id}: a new category requires --order and --mccs ("none" for no MCC)`,
          )
        const request = { category: { ...kept(current ?? {}), ...changed(options), id } }
        const answer = await session.call(methods.upsertCategory, request)
        session.output.show({ json: answer, parts: [categorySheet([objectIn(answer, 'category')])] })
      })
    })
}

async function categoryNamed(session: Session, id: string): Promise<JsonObject | undefined> {
  const answer = await session.call(methods.listCategories, { pageSize: 1_000 })
  return objectsIn(answer, 'categories').find((category) => textIn(category, 'id') === id)
}

/** The service expects a whole category: returns the current one, without its read-only fields. */
function kept(category: JsonObject): JsonObject {
  return {
    displayName: textIn(category, 'displayName'),
    order: Number(textIn(category, 'order') || 0),
    mccs: [...textsIn(category, 'mccs')],
    free: category['free'] === true,
    creditsClosed: category['creditsClosed'] === true,
    rails: [...textsIn(category, 'rails')],
    regulated: category['regulated'] === true,
    immediate: category['immediate'] === true,
  }
}

function changed({ title, order, mccs, credits, free, rails, regulated, immediate }: Options): JsonObject {
  return {
    ...(title !== undefined && { displayName: title }),
    ...(order !== undefined && { order }),
    ...(mccs !== undefined && { mccs }),
    ...(credits !== undefined && { creditsClosed: credits === 'closed' }),
    ...(free !== undefined && { free: free === 'yes' }),
    ...(rails !== undefined && { rails: rails.map((rail) => `RAIL_${rail.toUpperCase()}`) }),
    ...(regulated !== undefined && { regulated: regulated === 'yes' }),
    ...(immediate !== undefined && { immediate: immediate === 'yes' }),
  }
}
