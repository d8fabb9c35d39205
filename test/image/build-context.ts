import { cp } from 'node:fs/promises'
import { join } from 'node:path'

/** Copies to a folder what `.dockerignore` lets a builder see of another. */
export async function copyContext(from: string, options: { readonly to: string; readonly ignore: string }) {
  for (const name of allowedNames(options.ignore)) {
    await cp(join(from, name), join(options.to, name), { recursive: true })
  }
}

/**
 * The files and folders that a `.dockerignore` lets through, one that forbids everything first. Any other kind of it is rejected: what it
 * lets through nobody could say at a glance.
 */
export function allowedNames(ignore: string): ReadonlySet<string> {
  const [first, ...rest] = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  if (first !== '*') throw new Error('.dockerignore: the first line must be *')
  const names = rest.map((line) => /^!([\w./-]+)$/.exec(line)?.[1])
  if (names.includes(undefined)) throw new Error('.dockerignore: after * there may only be lines like !name')
  return new Set(names.filter((name) => name !== undefined))
}
