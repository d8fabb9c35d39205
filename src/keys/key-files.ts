import { jwksKeysIn } from './jwks.js'
import { KeyFileError } from './key-file-error.js'
import { pemKeysIn } from './pem-keys.js'
import { checkTls, type TlsMaterial } from './tls-material.js'
import type { PublicKey, SecretKey, TokenAlgorithm, TokenKey } from './token-key.js'
import { WatchedFiles } from './watched-files.js'

/** Most public keys at a time. A token without a `kid` is tried with each key of its algorithm. */
const PUBLIC_KEYS_MAX = 16

/** Paths of the files. Undefined: not configured. */
export type KeyPaths = {
  readonly certificate: string | undefined
  readonly privateKey: string | undefined
  readonly clientCa: string | undefined
  readonly publicKeys: string | undefined
  readonly jwks: string | undefined
}

/** Files that are replaced together. */
export type KeyFileGroup = 'tls' | 'tokens'

/** The keys that the gRPC port uses for TLS and for verifying tokens. */
export type Keys = {
  /** Undefined: the port is plaintext. */
  readonly tls: TlsMaterial | undefined
  readonly tokens: readonly TokenKey[]
}

export type KeyFilesOptions = {
  readonly paths: KeyPaths
  /** Keys from the configuration, not from a file. */
  readonly secrets: readonly SecretKey[]
  /** Allowed algorithms. Each public key is used for those that fit it. */
  readonly algorithms: readonly TokenAlgorithm[]
  /** Pause between two checks of the files, in milliseconds. */
  readonly intervalMs: number
  /** Wall-clock time in milliseconds. */
  readonly nowMs: () => number
  /** Called when new files are in use. */
  readonly onChange: (group: KeyFileGroup, keys: Keys) => void
  /** Called when new files are invalid. The last valid ones stay in use. */
  readonly onRejection: (group: KeyFileGroup, error: KeyFileError) => void
}

/** All configured files of keys and certificates, with their content. */
export class KeyFiles {
  readonly #options: KeyFilesOptions
  readonly #tls: WatchedFiles<TlsMaterial> | undefined
  readonly #tokens: WatchedFiles<readonly PublicKey[]> | undefined

  private constructor(
    options: KeyFilesOptions,
    tls: WatchedFiles<TlsMaterial> | undefined,
    tokens: WatchedFiles<readonly PublicKey[]> | undefined,
  ) {
    this.#options = options
    this.#tls = tls
    this.#tokens = tokens
  }

  /** Reads the files for the first time. Throws KeyFileError when one is invalid. */
  static async open(options: KeyFilesOptions): Promise<KeyFiles> {
    const { paths, intervalMs, onRejection } = options
    const tls =
      paths.certificate === undefined || paths.privateKey === undefined
        ? undefined
        : await WatchedFiles.open({
            paths: given({
              GRPC_TLS_CERT_FILE: paths.certificate,
              GRPC_TLS_KEY_FILE: paths.privateKey,
              GRPC_TLS_CLIENT_CA_FILE: paths.clientCa,
            }),
            parse: (texts) => parseTls(texts, options.nowMs()),
            intervalMs,
            onChange: () => options.onChange('tls', files.keys),
            onRejection: (error) => onRejection('tls', error),
          })
    const tokens =
      paths.publicKeys === undefined && paths.jwks === undefined
        ? undefined
        : await WatchedFiles.open({
            paths: given({ JWT_PUBLIC_KEY_FILE: paths.publicKeys, JWT_JWKS_FILE: paths.jwks }),
            parse: (texts) => parseTokens(texts, options.algorithms),
            intervalMs,
            onChange: () => options.onChange('tokens', files.keys),
            onRejection: (error) => onRejection('tokens', error),
          })
    const files = new KeyFiles(options, tls, tokens)
    return files
  }

  /** The keys in use: those of the last valid files. */
  get keys(): Keys {
    return { tls: this.#tls?.value, tokens: [...this.#options.secrets, ...(this.#tokens?.value ?? [])] }
  }

  /**
   * The configured groups of files, each with the reason why its current content is not in use. Undefined: it
   * is in use.
   */
  get problems(): ReadonlyMap<KeyFileGroup, string | undefined> {
    return new Map([
      ...(this.#tls ? [['tls', this.#tls.problem] as const] : []),
      ...(this.#tokens ? [['tokens', this.#tokens.problem] as const] : []),
    ])
  }

  /** A message for operators about invalid files and expired certificates. Undefined when there are none. */
  get warning(): string | undefined {
    const rejected = [...this.problems.values()]
      .filter((problem) => problem !== undefined)
      .map((problem) => `${problem}: the last valid ones stay in use`)
    const warnings = [...rejected, ...this.#expired()]
    return warnings.length === 0 ? undefined : warnings.join('; ')
  }

  /** Starts to check the files periodically. */
  start(): void {
    this.#tls?.start()
    this.#tokens?.start()
  }

  stop(): void {
    this.#tls?.stop()
    this.#tokens?.stop()
  }

  #expired(): readonly string[] {
    const { tls } = this.keys
    const isOver = (endMs: number | undefined) => endMs !== undefined && this.#options.nowMs() > endMs
    return [
      ...(isOver(tls?.expiresAtMs) ? ['the TLS certificate has expired'] : []),
      ...(isOver(tls?.clientCaExpiresAtMs) ? ['the certificate authorities of clients have expired'] : []),
    ]
  }
}

function given(paths: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const present = Object.entries(paths).flatMap(([variable, path]) =>
    path === undefined ? [] : [[variable, path] as const],
  )
  return Object.fromEntries(present)
}

function parseTls(texts: Readonly<Record<string, string>>, nowMs: number): TlsMaterial {
  const {
    GRPC_TLS_CERT_FILE: certificate = '',
    GRPC_TLS_KEY_FILE: privateKey = '',
    GRPC_TLS_CLIENT_CA_FILE: clientCa,
  } = texts
  return checkTls(
    {
      certificate: { variable: 'GRPC_TLS_CERT_FILE', text: certificate },
      privateKey: { variable: 'GRPC_TLS_KEY_FILE', text: privateKey },
      clientCa: clientCa === undefined ? undefined : { variable: 'GRPC_TLS_CLIENT_CA_FILE', text: clientCa },
    },
    nowMs,
  )
}

function parseTokens(
  texts: Readonly<Record<string, string>>,
  allowed: readonly TokenAlgorithm[],
): readonly PublicKey[] {
  const { JWT_PUBLIC_KEY_FILE: pem, JWT_JWKS_FILE: jwks } = texts
  const keys = [
    ...(pem === undefined ? [] : pemKeysIn({ variable: 'JWT_PUBLIC_KEY_FILE', text: pem, allowed })),
    ...(jwks === undefined ? [] : jwksKeysIn({ variable: 'JWT_JWKS_FILE', text: jwks, allowed })),
  ]
  if (keys.length <= PUBLIC_KEYS_MAX) return keys
  const names = Object.keys(texts).join(' and ')
  throw new KeyFileError(names, `${keys.length} keys, more than ${PUBLIC_KEYS_MAX}`)
}
