import { MongoBinary } from 'mongodb-memory-server-core'

export const OFFICIAL_MONGO_VERSION = '8.2.6'

const DOWNLOAD_TIMEOUT_MS = 15 * 60_000

/**
 * Downloads MongoDB from its makers through mongodb-memory-server. The library picks the build for this
 * system, checks its MD5 and keeps it in `cacheDir`. Its own settings (`MONGOMS_DOWNLOAD_MIRROR` and the
 * like) apply, and it reports progress on standard output. Bounded to fifteen minutes.
 *
 * @throws Error when there is no build for this system or the site cannot be reached.
 */
export async function downloadOfficialMongod(options: {
  readonly cacheDir: string
  readonly log: (message: string) => void
}): Promise<string> {
  options.log(`downloading MongoDB ${OFFICIAL_MONGO_VERSION} from its makers (100 MB), once`)
  const { platform, arch } = process
  const download = MongoBinary.getPath({
    version: OFFICIAL_MONGO_VERSION,
    downloadDir: options.cacheDir,
    platform,
    arch,
    checkMD5: true,
  })
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it took over 15 minutes')), DOWNLOAD_TIMEOUT_MS)
  })
  return Promise.race([download, timeout]).finally(() => clearTimeout(timer))
}
