import { access, constants, mkdir } from 'node:fs/promises'

/**
 * Creates the folder of DATA_DIR if it does not exist.
 *
 * @throws Error when the folder cannot be created or written to.
 */
export async function requireDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true })
    await access(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new Error(`DATA_DIR: ${dataDir} cannot be used (${code}): name a writable folder`)
  }
}
