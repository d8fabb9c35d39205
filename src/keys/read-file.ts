import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Largest file that is read, in bytes: a bundle of some forty authorities, or a large key set. */
const FILE_BYTES_MAX = 256 * 1024

/** The content of a file, or the problem with reading it. */
export type FileContent =
  | { readonly text: string; readonly problem?: never }
  | { readonly problem: string; readonly text?: never }

/** Reads a text file. Never rejects: it returns the problem. */
export async function readTextFile(path: string): Promise<FileContent> {
  try {
    return await readBounded(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return { problem: `cannot be read (${code})` }
  }
}

async function readBounded(path: string): Promise<FileContent> {
  // Non-blocking: opening a named pipe would otherwise wait for a writer.
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
