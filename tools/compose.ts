import { loadEnvFile, readConfig } from '../src/config.js'
import { localSecret } from '../src/local-secret.js'
import { runCommand } from './command.js'
import { runProgram } from './program.js'

/** Images are fetched and built at the first time, in milliseconds. */
const COMPOSE_MS_MAX = 1_200_000

const commands = new Map([
  ['up', ['up', '--build', '--detach', '--wait']],
  // Prometheus and Grafana too, if they were started.
  ['down', ['--profile', '*', 'down']],
])

const name = process.argv[2] ?? ''

await runCommand(name, async () => {
  const args = commands.get(name)
  if (!args) throw new Error(`there are ${[...commands.keys()].join(' and ')}`)
  loadEnvFile()
  const { jwtSecret, dataDir } = readConfig(process.env)
  // The one that `make token` signs with.
  const env = { JWT_SECRET: jwtSecret ?? (await localSecret(dataDir)) }
  await runProgram({ name: 'docker', args: ['compose', ...args], env, msMax: COMPOSE_MS_MAX })
})
