import { findUnknownVariables, loadEnvFile, readConfig } from './config.js'
import { openLog, runService } from './service/run-service.js'
import { requirePorts } from './service/startup-checks.js'

/** Runs the service with the configuration of the environment and of `.env`. */
async function main(): Promise<void> {
  const fileNames = loadEnvFile()
  const config = readConfig(process.env)
  const logger = openLog(config, { unknown: findUnknownVariables(process.env, fileNames) })
  await requirePorts(config)
  await runService({ config, logger })
}

main().catch((error: unknown) => {
  process.stderr.write(
    `benefits-authorizer cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exit(1)
})
