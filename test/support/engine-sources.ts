import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A change of the sources: a text that occurs once in a file, and its replacement. */
export type Patch = {
  /** Such as `application/engine/engine.ts`. */
  readonly file: string
  readonly text: string
  readonly instead: string
}

/** The engine and the operations on it: the original sources, or a copy with mistakes. */
export type Subject = {
  readonly engine: typeof import('../../src/application/engine/engine.js')
  readonly poster: typeof import('../../src/application/engine/ledger-poster.js')
  readonly errors: typeof import('../../src/application/errors.js')
  readonly budget: typeof import('../../src/application/budget.js')
  readonly authorize: typeof import('../../src/application/authorize.js')
  readonly reverse: typeof import('../../src/application/reverse.js')
  readonly cardRail: typeof import('../../src/application/card-rail.js')
  readonly credit: typeof import('../../src/application/credit-account.js')
  readonly status: typeof import('../../src/application/change-status.js')
  readonly limits: typeof import('../../src/application/change-limits.js')
  readonly open: typeof import('../../src/application/open-account.js')
  readonly expireHolds: typeof import('../../src/application/expire-holds.js')
}

/** The original sources. */
export async function loadSubject(): Promise<Subject> {
  return await subjectIn(new URL('../../src/', import.meta.url))
}

/**
 * A changed copy of the sources.
 *
 * @throws Error when a text to replace does not occur exactly once: the sources have changed.
 */
export async function loadPatched(patches: readonly Patch[]): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'))
  try {
    for (const layer of ['application', 'domain'])
      cpSync(join('src', layer), join(folder, layer), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    for (const { file, text, instead } of patches) {
      const path = join(folder, file)
      const [before, after, ...more] = readFileSync(path, 'utf8').split(text)
      if (after === undefined || more.length > 0)
        throw new Error(`src/${file} does not have this once: ${text}`)
      writeFileSync(path, `${before}${instead}${after}`)
    }
    return await subjectIn(pathToFileURL(`${folder}/`))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function subjectIn(root: URL): Promise<Subject> {
  const load = async (name: string) => await import(new URL(`application/${name}.ts`, root).href)
  return {
    engine: await load('engine/engine'),
    poster: await load('engine/ledger-poster'),
    errors: await load('errors'),
    budget: await load('budget'),
    authorize: await load('authorize'),
    reverse: await load('reverse'),
    cardRail: await load('card-rail'),
    credit: await load('credit-account'),
    status: await load('change-status'),
    limits: await load('change-limits'),
    open: await load('open-account'),
    expireHolds: await load('expire-holds'),
  }
}
