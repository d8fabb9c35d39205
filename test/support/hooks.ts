import fc from 'fast-check'
import { stopTestMongo } from './database/mongo.js'
import { takeLeaks } from './leaks.js'
import { removeTempFolders } from './temp-folder.js'

// The reporter of tests in parallel prints no causes.
fc.configureGlobal({ includeErrorInReport: true })

// mocha hears of a rejection that nobody handles and, left to itself, says nothing of it.
const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))

/**
 * A rejection that nobody handles fails the run, and so does a secret in what any process of the service has written. After the last test
 * nothing may be left behind. With tests in parallel each file has these hooks to itself, in the process in which it runs.
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
  if (unhandled.length > 0)
    throw new Error('a rejection that nobody handled', { cause: unhandled.splice(0)[0] })
}

function failIfLeaked(): void {
  const leaks = takeLeaks()
  if (leaks.length > 0) throw new Error(`a process has written what is secret:\n${leaks.join('\n')}`)
}
