import type { HttpRoute } from './http-route.js'
import { type StaticFile, staticRoute } from './static-route.js'

const PAGE = 'src/http-api/docs'
const SWAGGER_UI = 'node_modules/swagger-ui-dist'
const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'

/** The OpenAPI document, and the files of the page that shows it, by path. */
const files: ReadonlyMap<string, StaticFile> = new Map([
  ['/docs', file(PAGE, 'index.html', HTML)],
  ['/docs/', file(PAGE, 'index.html', HTML)],
  ['/docs/start.js', file(PAGE, 'start.js', SCRIPT)],
  ['/docs/swagger-ui-bundle.js', file(SWAGGER_UI, 'swagger-ui-bundle.js', SCRIPT)],
  ['/docs/narrow.css', file(PAGE, 'narrow.css', STYLE)],
  ['/docs/swagger-ui.css', file(SWAGGER_UI, 'swagger-ui.css', STYLE)],
  ['/openapi.json', file('.docs', 'openapi.json', 'application/json')],
])

/** Creates the route of the OpenAPI document and of the page that shows it. */
export function docsRoute(): HttpRoute {
  // Swagger UI has its icons in `data:` URLs.
  return staticRoute({ name: 'docs', files, policy: ["img-src 'self' data:"] })
}

/** Describes a file that the build copies beside the page from a folder of the repository. */
function file(folder: string, name: string, type: string): StaticFile {
  const built = new URL(`./docs/${name}`, import.meta.url)
  return { type, built, original: new URL(`../../${folder}/${name}`, import.meta.url) }
}
