import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const SHARED_MEMORY = '/dev/shm'

/**
 * Where a database is, on Linux, when it is not the disk that is looked at: a disk keeps everybody waiting, at the least every minute, for as long as it takes to
 * write what has changed.
 */
export function memoryFolder(): string {
  return existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir()
}
