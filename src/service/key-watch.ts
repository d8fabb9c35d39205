import type { Config } from '../config.js'
import { type KeyFileGroup, KeyFiles, type Keys } from '../keys/key-files.js'
import { secretKeys } from '../keys/token-key.js'
import type { Logger } from '../observability/logging/logger.js'
import type { KeyFileReadings } from '../observability/metrics/key-file-metrics.js'
import type { Metrics } from '../observability/metrics/metrics.js'

export type KeyWatchOptions = {
  readonly config: Config
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'keyFilesReloaded' | 'keyFilesRejected'>
}

/** The configured key and certificate files. */
export type KeyWatch = {
  readonly files: KeyFiles
  /** Starts to check the files periodically. Calls `onChange` when other keys are to be used. */
  readonly start: (onChange: (keys: Keys) => void) => void
}

/** Reads the configured key and certificate files. Logs and counts later changes. */
export async function openKeyFiles({ config, logger, metrics }: KeyWatchOptions): Promise<KeyWatch> {
  let useKeys = (_: Keys) => {}
  const keyFiles = await KeyFiles.open({
    paths: {
      certificate: config.grpcTlsCertFile,
      privateKey: config.grpcTlsKeyFile,
      clientCa: config.grpcTlsClientCaFile,
      publicKeys: config.jwtPublicKeyFile,
      jwks: config.jwtJwksFile,
    },
    secrets: secretKeys([config.jwtSecret, config.jwtPreviousSecret], config.jwtAlgorithms),
    algorithms: config.jwtAlgorithms,
    intervalMs: config.keyFilesRefreshMs,
    nowMs: Date.now,
    onChange: (files, keys) => {
      useKeys(keys)
      metrics.keyFilesReloaded(files)
      logger.info({ files, ...outlineOf(files, keys) }, 'key files reloaded')
    },
    onRejection: (files, error) => {
      metrics.keyFilesRejected(files)
      logger.error(
        { files, problem: error.message, err: error.cause },
        'key files rejected: the last valid ones stay in use',
      )
    },
  })
  return {
    files: keyFiles,
    start: (onChange) => {
      useKeys = onChange
      keyFiles.start()
    },
  }
}

/** Returns the readings of the files for the metrics. */
export function readingsOf(files: KeyFiles): KeyFileReadings {
  return {
    problems: () => files.problems,
    certificateExpiryMs: () => {
      const { tls } = files.keys
      return { server: tls?.expiresAtMs, client_ca: tls?.clientCaExpiresAtMs }
    },
  }
}

/** Appends the files' warning, if any, to the readiness text. */
export function withWarning(detail: string, { warning }: KeyFiles): string {
  return warning === undefined ? detail : `${detail}; ${warning}`
}

/** Outlines a set of keys for the log, without any secret. */
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
