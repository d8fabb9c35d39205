import { randomBytes } from 'node:crypto'
import { loadEnvFile, readSettings } from '../../src/config.js'
import { countArgument, runCommand } from '../command.js'
import { readDevSettings } from '../dev/dev-settings.js'
import { localSecret } from '../dev/local-secret.js'
import { readProgram, runProgram } from '../program.js'

/** Time limit in milliseconds: the first run fetches and builds images. */
const COMPOSE_MS_MAX = 1_200_000

/** Time limit of asking Docker for its plugins, in milliseconds. */
const VERSION_MS_MAX = 30_000

/** The port of the HTTP API, as `make run` has it. */
const HTTP_API_PORT = 8_000

const commands = new Map([
  ['up', ['up', '--build', '--detach', '--wait']],
  ['monitoring', ['--profile', 'monitoring', 'up', '--build', '--detach', '--wait']],
  // Prometheus and Grafana too, if they were started.
  ['down', ['--profile', '*', 'down']],
])

const name = process.argv[2] ?? ''

await runCommand(name, async () => {
  const args = commands.get(name)
  if (!args) throw new Error(`there are ${[...commands.keys()].join(' and ')}`)
  loadEnvFile()
  const { jwtSecret, grpcPort, httpPort, httpApiPort = HTTP_API_PORT } = readSettings(process.env)
  const { dataDir } = readDevSettings(process.env)
  const processes = countArgument('processes') ?? 1
  const env = {
    GRPC_PORT: portsOf(grpcPort, processes),
    HTTP_PORT: portsOf(httpPort, processes),
    HTTP_API_PORT: portsOf(httpApiPort, processes),
    // The secret that `./benefits token` signs with.
    JWT_SECRET: jwtSecret ?? (await localSecret(dataDir)),
    GRAFANA_ADMIN_PASSWORD: process.env['GRAFANA_ADMIN_PASSWORD'] ?? randomBytes(18).toString('base64url'),
  }
  await checkPlugin()
  const scale = name === 'down' ? [] : ['--scale', `authorizer=${processes}`]
  await runProgram({ name: 'docker', args: ['compose', ...args, ...scale], env, msMax: COMPOSE_MS_MAX })
  if (name === 'up') {
    console.log(`The console is on http://127.0.0.1:${httpApiPort}; ./benefits token prints a token for it`)
  }
  if (name === 'monitoring')
    console.log('Prometheus is on http://127.0.0.1:3000, Grafana on http://127.0.0.1:3001')
})

/** Formats the ports of this machine as a Compose range, one port for each process. */
function portsOf(first: number, processes: number): string {
  return processes === 1 ? String(first) : `${first}-${first + processes - 1}`
}

/** Without the plugin, Docker takes the options of `compose` for its own and rejects them. */
async function checkPlugin(): Promise<void> {
  try {
    await readProgram({ name: 'docker', args: ['compose', 'version'], msMax: VERSION_MS_MAX })
  } catch (error) {
    const isMissing = error instanceof Error && error.message.includes('not found')
    throw isMissing ? error : new Error('Docker has no compose plugin: install it (docker-compose-plugin)')
  }
}
