import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findMutants } from './find-mutants.js'
import { CASES } from './job.js'
import type { Mutant } from './mutant.js'
import { switchableSource } from './switchable-source.js'

/** A copy of sources and tests, away from the ones that somebody may be working on. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'mutation-test-'))

  constructor(...folders: readonly string[]) {
    for (const name of ['package.json', 'tsconfig.json', ...folders])
      cpSync(name, join(this.folder, name), { recursive: true })
    symlinkSync(resolve('node_modules'), join(this.folder, 'node_modules'))
  }

  /** Writes the mutants of these files into them. Returns them in the order of their numbers. */
  plant(files: readonly string[]): readonly Mutant[] {
    const mutants: Mutant[] = []
    for (const file of files) {
      const source = readFileSync(file, 'utf8')
      const switchable = switchableSource(source, findMutants(file, source), mutants.length)
      this.write(file, switchable.text)
      mutants.push(...switchable.mutants)
    }
    return mutants
  }

  /** Makes the samples of properties smaller. */
  shorten(files: readonly string[]): void {
    for (const file of files) {
      const text = readFileSync(file, 'utf8')
      this.write(
        file,
        text.replace(/\{ numRuns: ([\d_]+) \}/g, (_, cases: string) => shortened(cases)),
      )
    }
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function shortened(cases: string): string {
  const many = Number(cases.replace(/_/g, ''))
  return `{ numRuns: ${Math.min(many, Math.max(CASES, many / 10))} }`
}

/** The TypeScript files of a folder, by their paths. */
export function filesIn(folder: string, ending = '.ts'): readonly string[] {
  return readdirSync(folder, { encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort()
}
