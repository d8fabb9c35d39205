import { runCommand } from '../../tools/command.js'
import { startEphemeralMongo } from '../../tools/dev/local-mongo/ephemeral-mongo.js'
import { runProgram } from '../../tools/program.js'
import { JWT_SECRET, signToken } from '../support/clients/token.js'
import { ServiceProcess } from '../support/processes/service-process.js'

/**
 * The runner of Postman collections. npx fetches it for this command only: it brings 150 packages, many of
 * them outdated, that nothing else needs.
 */
const NEWMAN = 'newman@6.2.2'
const COLLECTION = '.docs/postman/benefits.postman_collection.json'
/** Longest time of a run, in milliseconds: one request waits for twelve seconds. */
const RUN_MS_MAX = 300_000

await runCommand('check-api', async () => {
  const mongo = await startEphemeralMongo({ env: process.env, log: console.error })
  try {
    const service = new ServiceProcess({
      MONGODB_URI: mongo.uri,
      JWT_SECRET,
      SEED_EXAMPLES: 'true',
      HTTP_API_PORT: '0',
    })
    try {
      await service.untilEvent('serving')
      await runCollection(service.apiUrl)
    } finally {
      await service.stop()
    }
  } finally {
    await mongo.stop()
  }
})

async function runCollection(host: string): Promise<void> {
  const variables = [`host=${host}`, `token=${signToken()}`].flatMap((variable) => ['--env-var', variable])
  await runProgram({
    name: 'npx',
    args: ['--yes', NEWMAN, 'run', COLLECTION, ...variables],
    msMax: RUN_MS_MAX,
  })
}
