import type { CategoryEditing } from '../src/application/catalog/category-store.js'
import { exampleAccounts, exampleRules } from '../src/application/seed-examples.js'
import { type Config, loadEnvFile, readConfig } from '../src/config.js'
import { applyProfile } from '../src/domain/category-edit.js'
import { categoryProfiles, isProfileName, type ProfileName } from '../src/domain/category-profile.js'
import { mccItems } from '../src/domain/mcc-set.js'
import { formatReais } from '../src/domain/money.js'
import { createCore } from '../src/service/core.js'
import { argument, runCommand } from './command.js'
import { openDatabase } from './database.js'

/** Time for the last entries to reach the ledger, in milliseconds. */
const CLOSE_MS_MAX = 5_000

const tell = (message: string) => console.error(message)

await runCommand('seed', async () => {
  loadEnvFile()
  const config = readConfig({ ...process.env, SEED_EXAMPLES: 'true' })
  const profile = profileNamed(argument('profile'))
  const database = await openDatabase(config)
  try {
    const editing = await seed(config, database.uri, profile)
    if (editing) showCategories(editing)
  } finally {
    await database.stop()
  }
  for (const { id, balance } of exampleAccounts) {
    console.log(`account ${id}, opened with R$ ${formatReais(balance)} in each wallet`)
  }
  for (const { name, mcc } of exampleRules) console.log(`merchant rule ${name} -> ${mcc}`)
})

/** The profile asked for. Without one, the categories are left as they are. */
function profileNamed(name: string | undefined): ProfileName | undefined {
  if (name === undefined || isProfileName(name)) return name
  throw new Error(`there are the profiles ${Object.keys(categoryProfiles).join(', ')}`)
}

async function seed(
  config: Config,
  mongodbUri: string,
  profile: ProfileName | undefined,
): Promise<CategoryEditing | undefined> {
  const core = createCore({
    config,
    mongodbUri,
    onSettleFailure: (error) => tell(`settling will be tried again: ${error}`),
    onDamage: ({ accountId, transactionId }) =>
      tell(`the ledger holds something else in the place of ${transactionId} of account ${accountId}`),
    onCatalogFailure: (error) => tell(`the catalog could not be read: ${error}`),
    // The catalog is read when it is needed.
    onCatalogUnwatched: () => {},
  })
  try {
    await core.prepare()
    if (profile === undefined) return undefined
    return await core.categories.edit(
      (current) => applyProfile(current, categoryProfiles[profile]),
      'make seed',
    )
  } finally {
    await core.close(CLOSE_MS_MAX)
  }
}

/** Tells what a profile has changed. */
function showCategories({ edit, after }: CategoryEditing): void {
  if (edit.type === 'REFUSED')
    throw new Error(`the categories that are there do not go with it: ${edit.detail}`)
  const written = new Set(edit.upserted.map(({ id }) => id))
  for (const { category } of after.kept) {
    const state = written.has(category.id) ? 'written' : 'as it was'
    const mccs = category.free ? 'anything that is permitted' : mccItems(category.mccs).join(' ')
    console.log(`category ${category.id}, ${state}: ${mccs}`)
  }
  console.log(`never permitted: ${mccItems(after.neverPermitted).join(' ') || 'nothing'}`)
}
