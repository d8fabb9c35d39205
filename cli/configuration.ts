import { loadEnvFile, readSettings, type Settings } from '../src/config.js'
import { type DevSettings, readDevSettings } from '../tools/dev/dev-settings.js'

/** The settings of the service, and where this machine keeps the files of `make run` and `make certs`. */
export type Configuration = Settings & DevSettings

/** Reads `.env` and the environment as the service does. */
export function configHere(more: Readonly<Record<string, string>> = {}): Configuration {
  loadEnvFile()
  const env = { ...process.env, ...more }
  return { ...readSettings(env), ...readDevSettings(env) }
}
