import { Argument, type Command } from 'commander'
import type { CategoryEditing } from '../../src/application/catalog/category-store.js'
import { exampleAccounts, exampleRules } from '../../src/application/seed-examples.js'
import type { Config } from '../../src/config.js'
import { applyProfile } from '../../src/domain/category-edit.js'
import { categoryProfiles, isProfileName, type ProfileName } from '../../src/domain/category-profile.js'
import { permissivePolicy } from '../../src/domain/mcc-policy.js'
import { type MccSet, mccItems } from '../../src/domain/mcc-set.js'
import { formatAmount } from '../amount.js'
import { configHere } from '../configuration.js'
import { withDatabase } from '../database.js'
import { exitCodes, Failure } from '../failure.js'
import { choiceOption } from '../options.js'
import { subjectHere } from '../service/tokens.js'
import { type GlobalOptions, Session, withSession } from '../session.js'
import type { View } from '../terminal/output.js'
import { sheetOf } from '../terminal/sheet.js'
import { seedSandbox } from './seed-sandbox.js'

/** Time for the last entries to reach the ledger, in milliseconds. */
const CLOSE_MS_MAX = 5_000

/**
 * `benefits seed`: adds the examples to the database, with an optional profile, or the sandbox to a service.
 */
export function addSeed(program: Command): void {
  program
    .command('seed')
    .description('add example accounts and merchant rules to the database; safe to repeat')
    .addArgument(
      new Argument(
        '[set]',
        'examples (the default), or sandbox: accounts and merchants that produce each answer, added to a running service',
      ).choices(['examples', 'sandbox']),
    )
    .addOption(
      choiceOption(
        '--profile <name>',
        'also add the categories of a profile; others stay',
        Object.keys(categoryProfiles),
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  ./benefits seed\n  ./benefits seed --profile brazil\n  ./benefits seed sandbox',
    )
    .action(async (set: string | undefined, { profile }: { profile?: string }, command: Command) => {
      if (set === 'sandbox' && profile !== undefined)
        throw new Failure('--profile applies to the examples, not to the sandbox')
      if (set === 'sandbox') return await withSession(command, seedSandbox)
      const { output } = new Session(command.optsWithGlobals<GlobalOptions>())
      const here = configHere({ SEED_EXAMPLES: 'true' })
      const wanted = profile !== undefined && isProfileName(profile) ? profile : undefined
      const editing = await withDatabase(here, async (config) => await seed(config, wanted))
      output.show(reportOf(editing))
    })
}

async function seed(config: Config, profile: ProfileName | undefined): Promise<CategoryEditing | undefined> {
  const { createCore } = await import('../../src/service/core.js')
  const core = createCore({
    config,
    mongodbUri: config.mongodbUri,
    onPostingFailure: (error) => say(`the ledger does not answer, retrying: ${error}`),
    onDiscrepancy: ({ accountId, transactionId }) =>
      say(`the ledger holds a different entry in the place of ${transactionId} of account ${accountId}`),
    onCatalogFailure: (error) => say(`the catalog could not be read: ${error}`),
    // The catalog is read on demand.
    onCatalogUnwatched: () => {},
  })
  try {
    await core.prepare()
    if (profile === undefined) return undefined
    const wanted = categoryProfiles[profile]
    const editing = await core.categories.edit((current) => applyProfile(current, wanted), subjectHere())
    if (editing.edit.type !== 'REJECTED') return editing
    throw new Failure(
      `the existing categories conflict with the profile: ${editing.edit.detail}`,
      exitCodes.declined,
    )
  } finally {
    await core.close(CLOSE_MS_MAX)
  }
}

/** Returns the examples and the categories of the profile, as they are printed. */
function reportOf(editing: CategoryEditing | undefined): View {
  const categories = editing ? categoriesOf(editing) : []
  const policy = editing?.after ?? permissivePolicy
  return {
    json: {
      accounts: exampleAccounts.map(({ id, balance }) => ({ id, balance: balance.toString() })),
      merchantRules: exampleRules.map(({ id, name, mcc }) => ({ id, name, mcc })),
      categories: categories.map(({ id, state, mccs }) => ({ id, state, mccs })),
      neverPermitted: [...mccItems(policy.neverPermitted)],
      neverPermittedAsReceived: [...mccItems(policy.neverPermittedAsReceived)],
    },
    parts: [
      sheetOf<(typeof exampleAccounts)[number]>(
        [
          { name: 'account_id', title: 'account', value: ({ id }) => id },
          {
            name: 'balance',
            title: 'opening balance of each wallet',
            value: ({ balance }) => formatAmount(balance),
          },
        ],
        exampleAccounts,
      ),
      sheetOf<(typeof exampleRules)[number]>(
        [
          { name: 'name', title: 'merchant', value: ({ name }) => name },
          { name: 'mcc', title: 'MCC', value: ({ mcc }) => mcc },
        ],
        exampleRules,
      ),
      ...(editing ? [categorySheet(categories), neverText(editing)] : []),
    ],
  }
}

function categoriesOf({ edit, after }: CategoryEditing) {
  const written = new Set(edit.type === 'REJECTED' ? [] : edit.upserted.map(({ id }) => id))
  return after.kept.map(({ category }) => ({
    id: category.id,
    state: written.has(category.id) ? 'written' : 'unchanged',
    mccs: category.free ? 'any permitted MCC' : mccItems(category.mccs).join(' '),
  }))
}

function categorySheet(categories: ReturnType<typeof categoriesOf>) {
  return sheetOf<(typeof categories)[number]>(
    [
      { name: 'category', title: 'category', value: ({ id }) => id },
      { name: 'state', title: 'state', value: ({ state }) => state },
      { name: 'mccs', title: 'MCCs', value: ({ mccs }) => mccs },
    ],
    categories,
  )
}

function neverText({ after }: CategoryEditing): string {
  const textOf = (mccs: MccSet) => mccItems(mccs).join(' ') || 'nothing'
  return [
    `never permitted: ${textOf(after.neverPermitted)}`,
    `never permitted as received: ${textOf(after.neverPermittedAsReceived)}`,
  ].join('\n')
}

function say(message: string): void {
  process.stderr.write(`${message}\n`)
}
