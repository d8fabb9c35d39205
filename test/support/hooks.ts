import { stopTestMongo } from './mongo.js'

// mocha hears of a rejection that nobody handles and, left to itself, says nothing of it.
const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))

/** A rejection that nobody handles fails the run. After the last test nothing may be left behind. */
export const mochaHooks = {
  afterEach(): void {
    failIfUnhandled()
  },
  async afterAll(): Promise<void> {
    await stopTestMongo()
    failIfUnhandled()
  },
}

function failIfUnhandled(): void {
  if (unhandled.length > 0)
    throw new Error('a rejection that nobody handled', { cause: unhandled.splice(0)[0] })
}
