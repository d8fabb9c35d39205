import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Largest file that is read, in bytes: a bundle of some forty authorities, or a large key set. */
const FILE_BYTES_MAX = 256 * 1024

/** What a file holds, or why that cannot be known. */
export type FileContent =
  | { readonly text: string; readonly problem?: never }
  | { readonly problem: string; readonly text?: never }

/** Reads a file of text. Never fails: what is wrong is told. */
export async function readTextFile(path: string): Promise<FileContent> {
  try {
    return await readBounded(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return { problem: `cannot be read (${code})` }
  }
}

async function readBounded(path: string): Promise<FileContent> {
  // Opening a pipe would otherwise wait for whoever writes into it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) return { problem: 'is not a file' }
    if (stats.size > FILE_BYTES_MAX) return { problem: `has more than ${FILE_BYTES_MAX} bytes` }
    return { text: await file.readFile('utf8') }
  } finally {
    await file.close()
  }
}
