import { MongoClient, type MongoClientOptions } from 'mongodb'

export type ClientOptions = {
  /** Connection string, with credentials if need be: never log it. */
  readonly uri: string
  /** Most connections to one server. 4 to 20 is best: more of them only compete. */
  readonly poolSizeMax: number
  /** Longest wait for one answer, in milliseconds. By default a second more than an operation may take; the making of an index takes longer. */
  readonly answerMsMax?: number
  /** Longest wait for a server and for a connection to it, in milliseconds. By default 2,000, and 1,000 when the pool is empty. */
  readonly waitMsMax?: number
}

/** Longest time one operation may take inside the server, in milliseconds. */
export const OPERATION_MS_MAX = 2_000

/**
 * Makes a client whose every option that matters is written out; it connects on first use.
 *
 * @throws Error when the connection string is none. It does not say what the driver says, which may quote the password.
 */
export function createClient({ uri, ...limits }: ClientOptions): MongoClient {
  try {
    return new MongoClient(uri, clientOptions(limits))
  } catch {
    throw new Error(
      'the address of the database (MONGODB_URI) cannot be read: check its user, password (percent-encoded), hosts and options',
    )
  }
}

function clientOptions({
  poolSizeMax,
  answerMsMax = OPERATION_MS_MAX + 1_000,
  waitMsMax,
}: Omit<ClientOptions, 'uri'>): MongoClientOptions {
  return {
    appName: 'benefits-authorizer',

    // What is answered is durable, what is read cannot be rolled back, and both come from the primary.
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: OPERATION_MS_MAX },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    // Whoever writes tries again by itself, and looks first: the driver's own second try costs the server a record of every write.
    retryWrites: false,
    retryReads: true,

    // Every stage has a bound: choosing a server, connecting, waiting for a connection, waiting for an answer.
    serverSelectionTimeoutMS: waitMsMax ?? 2_000,
    connectTimeoutMS: waitMsMax ?? 2_000,
    waitQueueTimeoutMS: waitMsMax ?? 1_000,
    socketTimeoutMS: answerMsMax,
    heartbeatFrequencyMS: 1_000,
    minHeartbeatFrequencyMS: 500,

    maxPoolSize: poolSizeMax,
    minPoolSize: 2,
    maxConnecting: 2,
    maxIdleTimeMS: 300_000,

    // Centavos are int64 on the wire and bigint here.
    useBigInt64: true,
    promoteValues: true,
    promoteLongs: true,
    ignoreUndefined: false,

    // The metrics listen to what each command took.
    monitorCommands: true,
  }
}
