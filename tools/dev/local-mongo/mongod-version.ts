import { execFile } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'

const VERSION_TIMEOUT_MS = 60_000
/** The first major version with the `bulkWrite` command, which the service needs. */
const OLDEST_MAJOR = 8

export type MongodVersion = {
  /** Such as `8.2.0`. */
  readonly version: string
  readonly recentEnough: boolean
}

/** Whether `path` is a file that this user may run. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/**
 * Runs `mongod --version`, or that of `mongos`, for at most a minute.
 *
 * @throws Error when it cannot be run or prints no version. The message holds the first line of its error
 * output.
 */
export function readMongodVersion(path: string): Promise<MongodVersion> {
  return new Promise((resolve, reject) => {
    const options = { timeout: VERSION_TIMEOUT_MS, maxBuffer: 100_000, encoding: 'utf8' } as const
    execFile(path, ['--version'], options, (error, stdout, stderr) => {
      const match = /^(?:db|mongos) version v((\d+)\.\d+\.\d+)/m.exec(stdout)
      const [, version, major] = match ?? []
      if (version === undefined) {
        const complaint = firstLine(stderr) || error?.message || 'it prints no version'
        reject(new Error(`${path} does not run: ${complaint}`))
        return
      }
      resolve({ version, recentEnough: Number(major) >= OLDEST_MAJOR })
    })
  })
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? ''
}
