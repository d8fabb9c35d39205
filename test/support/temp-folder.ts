import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates a folder for the tests of one suite, and removes it after them. */
export function useTempFolder(): () => string {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'benefits-test-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}
