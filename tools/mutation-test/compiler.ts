import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from './mutant.js'
import { Sandbox } from './sandbox.js'

const COMPILE_MS_MAX = 120_000
const OUTPUT_MAX = 16 * 1024 * 1024

/** Asks the compiler whether it takes mutants. One that it rejects is no program that anybody could run. */
export class Compiler {
  readonly #sandbox = new Sandbox('src')

  /** The mutants that it rejects. At first one of each file together, to be quick; those of a file with errors by themselves. */
  async rejected(mutants: readonly Mutant[]): Promise<ReadonlySet<Mutant>> {
    const rejected = new Set<Mutant>()
    for (const lot of chunksOf(mutants)) {
      const suspects = await this.#filesWithErrors(lot)
      for (const mutant of lot.filter(({ file }) => suspects.has(file))) {
        const isAlone = lot.length === 1
        if (isAlone || (await this.#filesWithErrors([mutant])).size > 0) rejected.add(mutant)
      }
    }
    return rejected
  }

  remove(): void {
    this.#sandbox.remove()
  }

  async #filesWithErrors(mutants: readonly Mutant[]): Promise<ReadonlySet<string>> {
    for (const { file, start, end, replacement } of mutants) {
      const source = readFileSync(file, 'utf8')
      this.#sandbox.write(file, source.slice(0, start) + replacement + source.slice(end))
    }
    const output = await this.#compile()
    for (const { file } of mutants) this.#sandbox.write(file, readFileSync(file, 'utf8'))
    const named = output.matchAll(/^(\S+\.ts)\(\d+,\d+\): error /gm)
    const files = new Set(Array.from(named, ([, file = '']) => file))
    // An error elsewhere is the fault of one of them.
    const isElsewhere = [...files].some((name) => !mutants.some(({ file }) => file === name))
    return isElsewhere ? new Set(mutants.map(({ file }) => file)) : files
  }

  async #compile(): Promise<string> {
    const tsc = join('node_modules', 'typescript', 'bin', 'tsc')
    // What is not used any more may stand there all the same.
    const lenient = ['--noUnusedLocals', 'false', '--noUnusedParameters', 'false']
    const args = [tsc, '-p', 'tsconfig.json', '--pretty', 'false', ...lenient]
    return await new Promise((resolve, reject) => {
      const options = { cwd: this.#sandbox.folder, timeout: COMPILE_MS_MAX, maxBuffer: OUTPUT_MAX }
      execFile(process.execPath, args, options, (error, stdout) => {
        // It ends with another exit code when there are errors, and lists them.
        if (error && stdout === '') reject(error)
        else resolve(stdout)
      })
    })
  }
}

/** Lots of mutants, no two of the same file. */
function chunksOf(mutants: readonly Mutant[]): readonly (readonly Mutant[])[] {
  const lots: Mutant[][] = []
  const counts = new Map<string, number>()
  for (const mutant of mutants) {
    const index = counts.get(mutant.file) ?? 0
    counts.set(mutant.file, index + 1)
    const lot = lots[index] ?? []
    lot.push(mutant)
    lots[index] = lot
  }
  return lots
}
