import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The JWT secret of this machine, for development: made once and kept in `<dataDir>/jwt-secret`, which only its owner may
 * read. 64 hexadecimal characters.
 */
export async function localSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'jwt-secret')
  return (await read(path)) ?? (await make(path))
}

async function make(path: string): Promise<string> {
  const draft = `${path}.${process.pid}`
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  try {
    // A link appears whole or not at all, and not over another: processes that start at once agree on one secret.
    await link(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft)
  }
  return (await read(path)) ?? ''
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
