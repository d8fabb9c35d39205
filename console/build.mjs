import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles the console into dist/console: one script, one style sheet, and the page that loads them. */
export async function buildConsole() {
  const folder = join(root, 'dist/console')
  mkdirSync(folder, { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'console/main.tsx', out: 'console' },
      { in: 'console/style/console.css', out: 'console' },
    ],
    outdir: folder,
    tsconfig: 'console/tsconfig.json',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  for (const file of ['index.html', 'icon.svg']) cpSync(join(root, 'console', file), join(folder, file))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole()
