import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { argument, runCommand } from './command.js'

const DEFAULT_FOLDER = 'dist/protos'

/** The contract, with everything that it and its error details import. */
const sources = ['proto/benefits', 'third_party/proto/google'] as const

await runCommand('protos', async () => {
  const folder = argument('into') ?? DEFAULT_FOLDER
  // Deletes nothing in the caller's folder.
  if (folder === DEFAULT_FOLDER) rmSync(folder, { recursive: true, force: true })
  for (const source of sources) {
    const name = source.slice(source.lastIndexOf('/') + 1)
    cpSync(source, join(folder, name), { recursive: true })
  }
  console.log(`${folder}: protoc -I ${folder} --java_out=. ${folder}/benefits/v1/*.proto`)
})
