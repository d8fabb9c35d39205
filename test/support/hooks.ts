import fc from 'fast-check'
import { stopTestMongo } from './database/mongo.js'
import { takeLeaks } from './leaks.js'
import { removeTempFolders } from './temp-folder.js'

// The parallel reporter prints no causes.
fc.configureGlobal({ includeErrorInReport: true })

// mocha itself ignores unhandled rejections.
const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))

/**
 * An unhandled rejection fails the run, and so does a secret in the output of a process. After the last test
 * nothing may be left behind. In parallel runs each file has its own hooks, in its own process.
 */
export const mochaHooks = {
  afterEach(): void {
    failIfUnhandled()
  },
  async afterAll(): Promise<void> {
    await stopTestMongo()
    await removeTempFolders()
    failIfUnhandled()
    failIfLeaked()
  },
}

function failIfUnhandled(): void {
  if (unhandled.length > 0) throw new Error('an unhandled rejection', { cause: unhandled.splice(0)[0] })
}

function failIfLeaked(): void {
  const leaks = takeLeaks()
  if (leaks.length > 0) throw new Error(`a process has printed a secret:\n${leaks.join('\n')}`)
}
