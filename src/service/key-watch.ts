import type { Config } from '../config.js'
import { type KeyFileGroup, KeyFiles, type Keys } from '../keys/key-files.js'
import { secretKeys } from '../keys/token-key.js'
import type { Logger } from '../observability/logging/logger.js'
import type { KeyFileReadings } from '../observability/metrics/key-file-metrics.js'
import type { Metrics } from '../observability/metrics/metrics.js'

export type KeyWatchOptions = {
  readonly config: Config
  /** The secret that tokens are signed with; undefined when only public keys verify them. */
  readonly jwtSecret: string | undefined
  readonly logger: Logger
  readonly metrics: () => Pick<Metrics, 'keyFilesReloaded' | 'keyFilesRefused'>
  /** Told when other keys are to be used. */
  readonly onChange: (keys: Keys) => void
}

/** Reads the files of keys and certificates that are configured; later changes are logged and counted. */
export async function openKeyFiles(options: KeyWatchOptions): Promise<KeyFiles> {
  const { config, jwtSecret, logger, metrics, onChange } = options
  return await KeyFiles.open({
    paths: {
      certificate: config.grpcTlsCertFile,
      privateKey: config.grpcTlsKeyFile,
      clientCa: config.grpcTlsClientCaFile,
      publicKeys: config.jwtPublicKeyFile,
      jwks: config.jwtJwksFile,
    },
    secrets: secretKeys([jwtSecret, config.jwtPreviousSecret], config.jwtAlgorithms),
    algorithms: config.jwtAlgorithms,
    intervalMs: config.keyFilesRefreshMs,
    nowMs: Date.now,
    onChange: (files, keys) => {
      onChange(keys)
      metrics().keyFilesReloaded(files)
      logger.info({ files, ...outlineOf(files, keys) }, 'key files reloaded')
    },
    onRefusal: (files, error) => {
      metrics().keyFilesRefused(files)
      logger.error(
        { files, problem: error.message, err: error.cause },
        'key files refused, the last good ones stay in use',
      )
    },
  })
}

/** What the metrics tell of the files. */
export function readingsOf(files: () => KeyFiles): KeyFileReadings {
  return {
    problems: () => files().problems,
    certificateExpiryMs: () => {
      const { tls } = files().keys
      return { server: tls?.expiresAtMs, client_ca: tls?.clientCaExpiresAtMs }
    },
  }
}

/** What is said of the readiness, and what is wrong with the files, if anything is. */
export function withWarning(detail: string, { warning }: KeyFiles): string {
  return warning === undefined ? detail : `${detail}; ${warning}`
}

/** What tells one set of keys from another: nothing that is secret. */
function outlineOf(files: KeyFileGroup, { tls, tokens }: Keys): object {
  if (files === 'tokens') return { keys: tokens.length, kids: tokens.flatMap(({ kid }) => kid ?? []) }
  return {
    serialNumber: tls?.serialNumber,
    expiresAt: isoTime(tls?.expiresAtMs),
    clientCaExpiresAt: isoTime(tls?.clientCaExpiresAtMs),
  }
}

function isoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
