import { stopTestMongo } from './mongo.js'

/** After the last test of the run nothing may be left behind. A rejection that nobody handles fails the run: mocha does that. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopTestMongo()
  },
}
