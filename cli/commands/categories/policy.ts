import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { listOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { objectIn, sheetOf, textsIn } from '../../terminal/sheet.js'

type Options = { readonly never?: string[]; readonly neverAsReceived?: string[] }

/** `benefits categories policy`: the MCCs that no category pays for. */
export function addCategoryPolicy(categories: Command): void {
  categories
    .command('policy')
    .description('show or set the MCCs that no category pays for')
    .addOption(listOption('--never <list>', 'all MCCs and ranges that no category pays for, or none'))
    .addOption(
      listOption('--never-as-received <list>', 'the same for MCCs as received, which no merchant rule lifts'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  ./benefits categories policy\n  ./benefits categories policy --never "7995 6010-6011"\n  ./benefits categories policy --never-as-received "5921 7995"',
    )
    .action(async ({ never, neverAsReceived }: Options, command: Command) => {
      await withSession(command, async (session) => {
        const current = await session.call(methods.getMccPolicy, {})
        const isRead = never === undefined && neverAsReceived === undefined
        const answer = isRead
          ? current
          : await session.call(methods.updateMccPolicy, {
              // The service replaces both lists.
              policy: {
                neverPermitted: never ?? [...listIn(current, 'neverPermitted')],
                neverPermittedAsReceived: neverAsReceived ?? [...listIn(current, 'neverPermittedAsReceived')],
              },
            })
        session.output.show({ json: answer, parts: [policySheet(answer)] })
      })
    })
}

function policySheet(answer: JsonObject) {
  const rows = [
    ...listIn(answer, 'neverPermitted').map((mccs) => ({ mccs, compared: 'effective' })),
    ...listIn(answer, 'neverPermittedAsReceived').map((mccs) => ({ mccs, compared: 'as received' })),
  ]
  return sheetOf<(typeof rows)[number]>(
    [
      { name: 'never_permitted', title: 'never permitted', value: ({ mccs }) => mccs },
      { name: 'compared_with', title: 'compared with the MCC', value: ({ compared }) => compared },
    ],
    rows,
  )
}

function listIn(answer: JsonObject, list: 'neverPermitted' | 'neverPermittedAsReceived'): readonly string[] {
  return textsIn(objectIn(answer, 'policy'), list)
}
