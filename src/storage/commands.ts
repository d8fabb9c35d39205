import {
  type ClientSession,
  type Db,
  type Document,
  MongoNetworkError,
  MongoServerError,
  MongoWriteConcernError,
} from 'mongodb'
import { OPERATION_MS_MAX } from './client.js'

/** An error as the server describes it. */
type ErrorDescription = Document & { readonly code: number; readonly errmsg: string }

/** Why one write of a command failed. */
type WriteError = ErrorDescription & { readonly index: number; readonly code: number }

/** The reply to a command that writes, with write concern majority. */
export type WriteReply = {
  /** Number of documents that were matched, or inserted. */
  readonly n: number
  readonly writeErrors?: readonly WriteError[]
  readonly writeConcernError?: ErrorDescription
}

/** What became of one operation of a `bulkWrite` command. */
export type OperationResult = Document & {
  readonly ok: number
  /** Its place among the operations. */
  readonly idx: number
  /** Number of documents that it matched, or inserted. */
  readonly n: number
  readonly code?: number
}

/** The reply to a `bulkWrite` command. */
export type BulkReply = {
  readonly cursor: { readonly firstBatch: readonly OperationResult[] }
  readonly writeConcernError?: ErrorDescription
}

type CommandOptions = { readonly session?: ClientSession }

/** Written out: a command does not inherit them from the client. */
const numbers = { useBigInt64: true } as const
const writeConcern = { w: 'majority', j: true, wtimeout: OPERATION_MS_MAX } as const

/**
 * Runs a command that the driver's own methods cannot build: none of them names a collection by its UUID. It runs once, on the primary,
 * with a bound on its time, and writes are durable when it answers.
 *
 * @throws MongoError as the driver does, but for errors of single writes, which are in the reply.
 */
export async function runWrite(db: Db, command: Document, options: CommandOptions = {}): Promise<WriteReply> {
  // The server's documentation says what it replies; the driver calls every reply a document.
  return (await run(db, command, options)) as WriteReply
}

/** Runs a `bulkWrite` command in the same way. Its results fit into one batch: there are some hundred operations at most. */
export async function runBulkWrite(
  db: Db,
  command: Document,
  options: CommandOptions = {},
): Promise<BulkReply> {
  return (await run(db.client.db('admin'), command, options)) as BulkReply // As above.
}

/**
 * Runs a command that reads, in the same way, and returns all that it finds. It tries a second time after a broken connection, as the driver
 * does with reads of its own.
 */
export async function runRead<T>(
  db: Db,
  command: Document,
  options: CommandOptions = {},
): Promise<readonly T[]> {
  const read = async () => {
    const bounded = { ...command, maxTimeMS: OPERATION_MS_MAX }
    return await db.runCursorCommand(bounded, { ...options, ...numbers }).toArray()
  }
  const documents = await read().catch((error: unknown) => {
    if (error instanceof MongoNetworkError) return read()
    throw error
  })
  return documents as T[] // Whose documents they are, the caller knows.
}

/** Throws what a command with a single write failed with, if it did. */
export function throwWriteErrors({
  writeErrors: [failed] = [],
  writeConcernError,
}: Omit<WriteReply, 'n'>): void {
  if (failed) throw new MongoServerError(failed)
  // Written, but perhaps not for good.
  if (writeConcernError) throw new MongoWriteConcernError({ ok: 1, writeConcernError })
}

async function run(db: Db, command: Document, options: CommandOptions): Promise<Document> {
  const bounded = { ...command, writeConcern, maxTimeMS: OPERATION_MS_MAX }
  return await db.command(bounded, { ...options, ...numbers })
}
