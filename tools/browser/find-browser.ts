import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { type FoundBrowser, fetchNpmChromium, NPM_CHROMIUM_PACKAGE } from './npm-chromium.js'

/** Thrown when there is no browser. The message lists each source with its reason, and ends with a hint. */
class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError'
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'headless-shell']

/**
 * Finds a Chromium: the one that BROWSER_PATH names, otherwise the npm package, which is fetched on first need
 * and then cached, otherwise one on the PATH. The package comes first because pictures look alike with it everywhere.
 *
 * @throws NoBrowserError when there is none.
 */
export async function findBrowser(
  env: NodeJS.ProcessEnv,
  log: (message: string) => void,
): Promise<FoundBrowser> {
  const { BROWSER_PATH: configured, PATH = '', npm_execpath: npmExecPath } = env
  if (configured) {
    if (await isExecutable(configured)) return { path: resolve(configured), env: {} }
    throw new NoBrowserError(`BROWSER_PATH: ${configured} is not an executable file`)
  }
  const reasons: string[] = []
  try {
    return await fetchNpmChromium({ npmExecPath, log })
  } catch (error) {
    reasons.push(
      `npm package ${NPM_CHROMIUM_PACKAGE}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  for (const folder of PATH.split(delimiter).filter((each) => each !== '')) {
    for (const name of names) {
      const path = join(folder, name)
      if (await isExecutable(path)) return { path, env: {} }
    }
  }
  reasons.push(`on the PATH: none of ${names.join(', ')}`)
  throw new NoBrowserError(
    [
      'No browser was found and none could be fetched:',
      ...reasons.map((reason) => `  - ${reason}`),
      'Install Chromium (Debian: apt-get install chromium), or set BROWSER_PATH to one.',
    ].join('\n'),
  )
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
