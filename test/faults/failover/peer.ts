import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** State of a connection that is there, as Linux writes it. */
const ESTABLISHED = '01'

/** A connection between two ports of 127.0.0.1. */
export type Connection = { readonly from: number; readonly to: number }

/**
 * Which of the given processes has made a connection; undefined when none has. Linux tells: /proc/net/tcp has the socket's number, and
 * /proc/<pid>/fd who holds it.
 */
export function processBehind(connection: Connection, pids: Iterable<number>): number | undefined {
  const socket = socketOf(connection)
  if (socket === undefined) return undefined
  for (const pid of pids) if (holds(pid, socket)) return pid
  return undefined
}

function socketOf({ from, to }: Connection): string | undefined {
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n')) {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/)
    if (local === addressOf(from) && remote === addressOf(to) && state === ESTABLISHED)
      return `socket:[${inode}]`
  }
  return undefined
}

function addressOf(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
}

function holds(pid: number, socket: string): boolean {
  const folder = `/proc/${pid}/fd`
  for (const descriptor of readdirOf(folder)) {
    try {
      if (readlinkSync(`${folder}/${descriptor}`) === socket) return true
    } catch {
      // Closed meanwhile.
    }
  }
  return false
}

/** Nothing, when the process has ended. */
function readdirOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
