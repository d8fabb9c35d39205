import { MongoClient, type MongoClientOptions } from 'mongodb'

export type ClientOptions = {
  /** The connection string. It may hold credentials: never log it. */
  readonly uri: string
  /** Most connections to one server. 4 to 20 is best: with more, the operations only compete. */
  readonly poolSizeMax: number
  /**
   * Longest wait for one answer, in milliseconds. By default a second more than {@link OPERATION_MS_MAX}.
   * Building an index needs more.
   */
  readonly answerMsMax?: number
  /**
   * Longest wait for a server and for a connection to it, in milliseconds. By default 2,000, and 1,000 for a
   * free connection of the pool.
   */
  readonly waitMsMax?: number
}

/** Longest time that one operation may take inside the server, in milliseconds. */
export const OPERATION_MS_MAX = 2_000

/**
 * Creates a client with every relevant option written out. It connects on first use.
 *
 * @throws Error when the connection string is malformed. The message never repeats the driver's, which may
 * quote the password.
 */
export function createClient({ uri, ...limits }: ClientOptions): MongoClient {
  try {
    return new MongoClient(uri, clientOptions(limits))
  } catch {
    throw new Error('MONGODB_URI is invalid: check its user, password (percent-encoded), hosts and options')
  }
}

function clientOptions({
  poolSizeMax,
  answerMsMax = OPERATION_MS_MAX + 1_000,
  waitMsMax,
}: Omit<ClientOptions, 'uri'>): MongoClientOptions {
  return {
    appName: 'benefits-authorizer',

    // Acknowledged writes are durable, reads cannot be rolled back, and both go to the primary.
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: OPERATION_MS_MAX },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    // Callers retry writes themselves, after reading what the first attempt did. The driver's own retry would
    // make the server keep a record of every write.
    retryWrites: false,
    retryReads: true,

    // Every stage has a bound: choosing a server, connecting, waiting for a connection, waiting for an
    // answer.
    serverSelectionTimeoutMS: waitMsMax ?? 2_000,
    connectTimeoutMS: waitMsMax ?? 2_000,
    waitQueueTimeoutMS: waitMsMax ?? 1_000,
    socketTimeoutMS: answerMsMax,
    heartbeatFrequencyMS: 1_000,
    minHeartbeatFrequencyMS: 500,
    // Not streamed. With `useBigInt64` an operation's error holds the server's topology version as a bigint.
    // Driver 7.9 puts that into the next streamed check, and throws outside of every call.
    serverMonitoringMode: 'poll',

    maxPoolSize: poolSizeMax,
    minPoolSize: 2,
    maxConnecting: 2,
    maxIdleTimeMS: 300_000,

    // Centavos are int64 on the wire and bigint here.
    useBigInt64: true,
    promoteValues: true,
    promoteLongs: true,
    ignoreUndefined: false,

    // The metrics listen to these events.
    monitorCommands: true,
  }
}
