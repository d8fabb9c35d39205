import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Leaves the modules of the service to those that the compiler has built in `dist`. */
const compiledService = {
  name: 'compiled-service',
  setup(builder) {
    builder.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const module = relative(resolve(root, 'src'), resolve(resolveDir, path))
      return module.startsWith('..') ? undefined : { path: `../${module}`, external: true }
    })
  },
}

/** Bundles the launcher of `make run` into dist/dev: from TypeScript it would start a second later. */
await build({
  absWorkingDir: root,
  entryPoints: ['tools/dev/run.ts'],
  outdir: 'dist/dev',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  plugins: [compiledService],
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
})
