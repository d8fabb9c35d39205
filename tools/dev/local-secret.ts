import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of a secret: as many as the hash of HS256 has. */
const SECRET_BYTES = 32

/**
 * Returns this machine's JWT secret, for development. The first call makes it and keeps it in
 * `<dataDir>/jwt-secret`, which only its owner may read. It has 64 hexadecimal characters.
 *
 * @throws Error when the file holds less than 32 bytes, which are easy to guess.
 */
export async function localSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'jwt-secret')
  const secret = (await read(path)) ?? (await make(path))
  if (Buffer.byteLength(secret) >= SECRET_BYTES) return secret
  throw new Error(`${path} holds less than ${SECRET_BYTES} bytes: remove it to generate a new secret`)
}

async function make(path: string): Promise<string> {
  // Each call has its own draft, because each removes its draft.
  const draft = `${path}.${randomUUID()}`
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(draft, `${randomBytes(SECRET_BYTES).toString('hex')}\n`, { mode: 0o600 })
  try {
    // A link appears whole or not at all, and never over an existing file. Processes that start at once agree
    // on one secret.
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
