import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders: string[] = []

/** Makes a folder for the tests of one suite. It goes when all tests of the file have ended. */
export function useTempFolder(): () => string {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'benefits-test-'))
    folders.push(folder)
  })
  return () => folder
}

/**
 * Removes the folders of {@link useTempFolder}. A suite's own hooks run in the order in which they were added, so
 * that one of them would take the folder from under a database which a later one stops.
 */
export async function removeTempFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })))
}
