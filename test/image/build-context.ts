import { cp } from 'node:fs/promises'
import { join } from 'node:path'

/** Copies the files of a folder that `.dockerignore` shows to a builder. */
export async function copyContext(from: string, options: { readonly to: string; readonly ignore: string }) {
  for (const name of allowedNames(options.ignore)) {
    await cp(join(from, name), join(options.to, name), { recursive: true })
  }
}

/**
 * Lists the files and folders that a `.dockerignore` admits, if it first excludes everything. Rejects any
 * other kind, whose effect is hard to see.
 */
export function allowedNames(ignore: string): ReadonlySet<string> {
  const [first, ...rest] = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  if (first !== '*') throw new Error('.dockerignore: the first line must be *')
  const names = rest.map((line) => /^!([\w./-]+)$/.exec(line)?.[1])
  if (names.includes(undefined)) throw new Error('.dockerignore: after * there may only be lines like !name')
  return new Set(names.filter((name) => name !== undefined))
}
