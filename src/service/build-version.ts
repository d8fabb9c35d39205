import { readFileSync } from 'node:fs'

/** Version of this software, as its package says; "unknown" where it was installed without. */
export function buildVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    return typeof version === 'string' ? version : 'unknown'
  } catch {
    return 'unknown'
  }
}
