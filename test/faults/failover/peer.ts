import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Connection } from '../harness/gate.js'

/** State of an open connection, as Linux writes it. */
const ESTABLISHED = '01'

/**
 * Finds the owner of a connection among the given processes; undefined when it is none of them. On Linux,
 * /proc/net/tcp shows the number of the socket, and /proc/<pid>/fd shows its owner.
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
  try {
    return readdirSync(folder).some((descriptor) => isSocket(`${folder}/${descriptor}`, socket))
  } catch {
    // The process has ended.
    return false
  }
}

function isSocket(path: string, socket: string): boolean {
  try {
    return readlinkSync(path) === socket
  } catch {
    // Closed in the meantime.
    return false
  }
}
