import { execFile } from 'node:child_process'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PROJECT } from './children.js'

/** Longest time for compiling, in milliseconds. */
const COMPILE_MS_MAX = 120_000
/** What the compiler does not copy and the gRPC port reads. */
const DESCRIPTORS = 'gen/descriptors.binpb'

/**
 * Compiles the programs of the benchmark into `dist-bench`, with the options that `dist` is compiled with: what is measured is compiled
 * alike, and is what the sources say.
 */
export async function buildPrograms(): Promise<void> {
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc')
  const options = { cwd: PROJECT, timeout: COMPILE_MS_MAX }
  await promisify(execFile)(process.execPath, [compiler, '-p', 'bench/tsconfig.json'], options)
  const target = join(PROJECT, 'dist-bench/src', DESCRIPTORS)
  await mkdir(join(target, '..'), { recursive: true })
  await copyFile(join(PROJECT, 'src', DESCRIPTORS), target)
}
