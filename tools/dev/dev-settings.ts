type Environment = Readonly<Record<string, string | undefined>>

/** The settings of `make run` and of the command line that the service itself does not have. */
export type DevSettings = {
  /** The folder of the local database, the local token secret and the certificates of `make certs`. */
  readonly dataDir: string
  /** The mongod to run; undefined lets the launcher find one. */
  readonly mongodPath: string | undefined
}

/** Reads the settings for development. An empty variable counts as not set. */
export function readDevSettings(env: Environment): DevSettings {
  return { dataDir: env['DATA_DIR'] || './data', mongodPath: env['MONGOD_PATH'] || undefined }
}
