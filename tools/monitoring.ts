import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { loadEnvFile, readConfig } from '../src/config.js'
import { localSecret } from '../src/local-secret.js'
import { runCommand } from './command.js'

/** Images are fetched and built at the first time, in milliseconds. */
const COMPOSE_MS_MAX = 1_200_000
const COMPOSE_FILE = 'docker-compose.yml'

await runCommand('monitoring', async () => {
  if (!existsSync(COMPOSE_FILE)) throw new Error(`there is no ${COMPOSE_FILE} here`)
  loadEnvFile()
  const { jwtSecret, dataDir } = readConfig(process.env)
  const { GRAFANA_ADMIN_PASSWORD = randomBytes(18).toString('base64url') } = process.env
  const { status, error } = spawnSync(
    'docker',
    ['compose', '-f', COMPOSE_FILE, '--profile', 'monitoring', 'up', '--build', '--detach', '--wait'],
    {
      stdio: 'inherit',
      timeout: COMPOSE_MS_MAX,
      // In the environment, and never an argument, which others could see.
      env: { ...process.env, JWT_SECRET: jwtSecret ?? (await localSecret(dataDir)), GRAFANA_ADMIN_PASSWORD },
    },
  )
  if (error) throw new Error(`docker cannot be run: ${error.message}`)
  if (status !== 0) throw new Error(`docker compose ended with code ${status}`)
  console.log('Prometheus is on http://127.0.0.1:3000, Grafana on http://127.0.0.1:3001')
})
