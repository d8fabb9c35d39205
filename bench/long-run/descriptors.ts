import { readdirSync, readlinkSync } from 'node:fs'

/** Files that a process has open. */
export type Descriptors = {
  readonly open: number
  /** Those of them that are sockets. */
  readonly sockets: number
}

/** The open files of a process, as of now; undefined where there is no /proc, or no such process of ours. */
export function descriptorsOf(pid: number): Descriptors | undefined {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((name) => linkAt(`/proc/${pid}/fd/${name}`))
    const open = links.filter((link) => link !== undefined)
    return { open: open.length, sockets: open.filter((link) => link.startsWith('socket:')).length }
  } catch {
    return undefined
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    // It was closed since it was listed.
    return undefined
  }
}
