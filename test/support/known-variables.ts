import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/**
 * The names of all variables that are read, ours and OpenTelemetry's. Another test ensures that the example
 * has them.
 */
export function knownVariables(): readonly string[] {
  return Object.keys(parseEnv(readFileSync('.env.example', 'utf8')))
}
