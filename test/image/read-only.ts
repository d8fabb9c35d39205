import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const ANYBODY_READS = 0o444
const ANYBODY_ENTERS = 0o111
const OWNER_WRITES = 0o200

/**
 * Makes a folder and everything in it read-only and readable by all. Returns the number of bytes in its
 * files.
 */
export async function makeReadOnly(folder: string): Promise<number> {
  return await changeModes(folder, (mode) =>
    mode & ANYBODY_ENTERS ? ANYBODY_READS | ANYBODY_ENTERS : ANYBODY_READS,
  )
}

/** Gives the owner the right to write again, so that the folder can be removed. */
export async function makeWritable(folder: string): Promise<void> {
  await changeModes(folder, (mode) => mode | OWNER_WRITES)
}

async function changeModes(path: string, change: (mode: number) => number): Promise<number> {
  const status = await lstat(path)
  if (status.isSymbolicLink()) return 0
  await chmod(path, change(status.mode & 0o777))
  if (!status.isDirectory()) return status.size
  let bytes = 0
  for (const name of await readdir(path)) bytes += await changeModes(join(path, name), change)
  return bytes
}
