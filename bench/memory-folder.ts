import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const SHARED_MEMORY = '/dev/shm'

/**
 * Where a database is, on Linux, when it is not the disk that is looked at: one that writes for all of them keeps everybody waiting, every minute
 * when MongoDB writes what has changed, and whenever another tenant of the same machine writes.
 */
export function memoryFolder(): string {
  return existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir()
}
