import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'

/**
 * Longest time for a download, in milliseconds. 130 MB must fit in it on a slow line, and a dead registry
 * must not block the start for ever.
 */
const PACK_TIMEOUT_MS = 10 * 60_000
/** Bytes read at a time: more than Node.js's default, because the files are large. */
const CHUNK_BYTES = 1 << 20
const OUTPUT_BYTES_MAX = 1_000_000

export type PackOptions = {
  /** Exact name and version, such as `left-pad@1.0.0`. */
  readonly spec: string
  /** An empty folder for the tarball. */
  readonly folder: string
  /** The project whose `.npmrc` applies. */
  readonly projectDir: string
  /** npm's entry point as npm passes it to scripts (`npm_execpath`). Without it, `npm` on the PATH is run. */
  readonly npmExecPath: string | undefined
}

/**
 * Fetches a package's tarball by the npm CLI, which honours the user's registry, proxy and cache. Returns its
 * path. Nothing of the package is run. Bounded to ten minutes.
 *
 * @throws Error with npm's own reason when it fails.
 */
export async function packNpmPackage(options: PackOptions): Promise<string> {
  const args = [
    'pack',
    options.spec,
    `--pack-destination=${options.folder}`,
    '--ignore-scripts',
    '--prefer-offline',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--loglevel=error',
  ]
  // yarn and pnpm set npm_execpath to themselves, and their `pack` does something else.
  const { npmExecPath = '' } = options
  const command = basename(npmExecPath) === 'npm-cli.js' ? [process.execPath, npmExecPath] : ['npm']
  await run([...command, ...args], options.projectDir)

  const [tarball] = (await readdir(options.folder)).filter((name) => name.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('npm pack left no tarball')
  return join(options.folder, tarball)
}

/** Digests a file without holding it in memory. */
export async function digestFile(path: string, algorithm: 'sha256' | 'sha512'): Promise<Buffer> {
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(chunk)
  return hash.digest()
}

/**
 * Unpacks one file of a tarball. It trusts the tarball: verify that first.
 *
 * @throws Error when the tarball has no such file.
 */
export async function unpackFile(
  tarball: string,
  file: { readonly name: string; readonly to: string },
): Promise<void> {
  const entries = extract()
  let found = false
  const unpack = async (): Promise<void> => {
    for await (const entry of entries) {
      if (entry.header.name !== file.name) {
        entry.resume()
        continue
      }
      found = true
      await pipeline(entry, createWriteStream(file.to, { flags: 'wx', mode: 0o600 }))
    }
  }
  await Promise.all([
    pipeline(createReadStream(tarball), createGunzip({ chunkSize: CHUNK_BYTES }), entries),
    unpack(),
  ])
  if (!found) throw new Error(`the tarball has no file ${file.name}`)
}

function run([command = '', ...args]: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { cwd, timeout: PACK_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX, encoding: 'utf8' } as const
    execFile(command, args, options, (error, _stdout, stderr) => {
      if (error) reject(new Error(`npm pack failed: ${reasonOf(stderr) || error.message.split('\n', 1)[0]}`))
      else resolve()
    })
  })
}

/** Joins the first lines that npm marks as errors. */
function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^npm (error|ERR!) (?!A complete log)/.test(line))
  return lines
    .slice(0, 3)
    .map((line) => line.replace(/^npm (error|ERR!) (code )?/, '').trim())
    .join(' - ')
}
