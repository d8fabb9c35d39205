import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates a folder for the tests of one suite, and removes it after them. */
export function useTempFolder(): (name: string) => string {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-mongo-test-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  return (name) => join(folder, name)
}

/** Writes an executable shell script. */
export async function writeScript(path: string, lines: readonly string[]): Promise<string> {
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'))
  await chmod(path, 0o755)
  return path
}
