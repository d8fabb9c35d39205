import type { HttpRoute } from './http-route.js'
import { type StaticFile, staticRoute } from './static-route.js'

/** The files of the console by path. */
const files: ReadonlyMap<string, StaticFile> = new Map([
  ['/', file('index.html', 'text/html; charset=utf-8')],
  ['/console.js', file('console.js', 'text/javascript; charset=utf-8')],
  ['/console.css', file('console.css', 'text/css; charset=utf-8')],
  ['/icon.svg', file('icon.svg', 'image/svg+xml')],
])

/**
 * Creates the route of the console. The pages call the API like any other client, with the token of the
 * person. No text in them becomes a script or markup.
 */
export function consoleRoute(): HttpRoute {
  const policy = ["img-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"]
  return staticRoute({ name: 'console', files, policy })
}

function file(name: string, type: string): StaticFile {
  const built = new URL(`../console/${name}`, import.meta.url)
  // The sources, too, need the console of a build.
  return { type, built, original: new URL(`../../dist/console/${name}`, import.meta.url) }
}
