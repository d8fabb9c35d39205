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

/** The failure of one write of a command. */
type WriteError = ErrorDescription & { readonly index: number; readonly code: number }

/** The reply to a write command with write concern majority. */
export type WriteReply = {
  /** Number of documents that matched, or were inserted. */
  readonly n: number
  readonly writeErrors?: readonly WriteError[]
  readonly writeConcernError?: ErrorDescription
}

/** The result of one operation of a `bulkWrite` command. */
export type OperationResult = Document & {
  readonly ok: number
  /** Position of the operation in the command. */
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

/** Commands do not inherit these options from the client. */
const numbers = { useBigInt64: true } as const
const writeConcern = { w: 'majority', j: true, wtimeout: OPERATION_MS_MAX } as const

/**
 * Runs a write command that names its collection by UUID, which the driver's own methods cannot do. It runs
 * once, on the primary, within {@link OPERATION_MS_MAX}. Its writes are durable when it answers.
 *
 * @throws MongoError as the driver does, except for errors of single writes: those are in the reply.
 */
export async function runWrite(db: Db, command: Document, options: CommandOptions = {}): Promise<WriteReply> {
  // The driver types every reply as a document; the server's manual documents these fields.
  return (await run(db, command, options)) as WriteReply
}

/**
 * Runs a `bulkWrite` command in the same way. All results fit into one batch: a command has a few hundred
 * operations at most.
 */
export async function runBulkWrite(
  db: Db,
  command: Document,
  options: CommandOptions = {},
): Promise<BulkReply> {
  return (await run(db.client.db('admin'), command, options)) as BulkReply // As in `runWrite`.
}

/**
 * Runs a read command that names its collection by UUID, and returns all its results. Retries once after a
 * network error, as the driver does for its own reads.
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
  return documents as T[] // The caller knows the type of its documents.
}

/** Throws the error of a command with a single write, if it failed. */
export function throwWriteErrors({
  writeErrors: [failed] = [],
  writeConcernError,
}: Omit<WriteReply, 'n'>): void {
  if (failed) throw new MongoServerError(failed)
  // The write is applied but may be rolled back.
  if (writeConcernError) throw new MongoWriteConcernError({ ok: 1, writeConcernError })
}

async function run(db: Db, command: Document, options: CommandOptions): Promise<Document> {
  const bounded = { ...command, writeConcern, maxTimeMS: OPERATION_MS_MAX }
  return await db.command(bounded, { ...options, ...numbers })
}
