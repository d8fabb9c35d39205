import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'dist/cli')

/** Large packages that only the commands with a database need: they are loaded from node_modules then. */
const external = ['mongodb', 'mongodb-memory-server-core', 'tar-stream']

/** pino is imported by the configuration for its levels; no command logs, so it need not be in the bundle. */
const withoutUnused = {
  name: 'without-unused',
  setup(builder) {
    builder.onResolve({ filter: /^pino$/ }, ({ path }) => ({ path, external: true, sideEffects: false }))
  },
}

/**
 * Bundles the command line into dist/cli, because loading a few files is several times faster than loading hundreds. Each file appears
 * whole: calls that run meanwhile find the old bundle or the new one. `inputs.json` names what the bundle was made of.
 */
export async function buildCli() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { benefits: 'cli/main.ts' },
    outdir: 'dist/cli',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    external,
    plugins: [withoutUnused],
    // Packages in CommonJS ask for built-in modules by require.
    banner: {
      js: "import { createRequire as createRequireHere } from 'node:module';const require = createRequireHere(import.meta.url);",
    },
    chunkNames: '[name]-[hash]',
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  mkdirSync(folder, { recursive: true })
  const inputs = [
    ...Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/')),
    ...others,
  ]
  copyFileSync(join(root, 'src/gen/descriptors.binpb'), draft('descriptors.binpb'))
  publish('descriptors.binpb')
  // The entry last: it names the others.
  for (const { path, contents } of outputFiles.toReversed()) write(path.slice(folder.length + 1), contents)
  write('inputs.json', JSON.stringify(inputs))
}

/** The bundle's dependencies besides its own modules. */
const others = ['cli/build.mjs', 'package-lock.json', 'src/gen/descriptors.binpb']

const run = randomUUID()

function write(name, contents) {
  writeFileSync(draft(name), contents)
  publish(name)
}

function draft(name) {
  return join(folder, `.${name}.${run}`)
}

function publish(name) {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  renameSync(draft(name), join(folder, name))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCli()
