import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/**
 * Thrown when a file of variables cannot be read completely. Nothing of it is used. The message names the
 * file and the problem.
 */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError'
}

/**
 * Reads the variables of a file such as `.env`: UTF-8, with or without a byte order mark. Empty without a
 * file.
 *
 * @throws EnvFileError when the file is unreadable or in another encoding, which would lose variables.
 */
export function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  const bytes = readBytes(path)
  if (bytes === undefined) return {}
  if (bytes.includes(0)) throw new EnvFileError(`${path} is not UTF-8 (it may be UTF-16): save it as UTF-8`)
  try {
    // The decoder drops a byte order mark, which would otherwise become part of the first name.
    return parseEnv(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new EnvFileError(`${path} is not UTF-8: save it as UTF-8`)
  }
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    throw new EnvFileError(`${path} cannot be read: ${String(code)}`)
  }
}
