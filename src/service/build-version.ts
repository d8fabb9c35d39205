import { readFileSync } from 'node:fs'

/** Reads the version from package.json; "unknown" where the file is not installed. */
export function buildVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    return typeof version === 'string' ? version : 'unknown'
  } catch {
    return 'unknown'
  }
}
