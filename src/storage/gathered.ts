import type { FindCursor } from 'mongodb'
import type { BackgroundTurns } from '../application/engine/background-turns.js'

/** Documents in one batch of background work. Reading them delays purchases by about two milliseconds. */
export const BACKGROUND_BATCH = 100

/** Reads all results of a cursor in batches, with a background turn between two batches. */
export async function gathered<Document, T>(
  cursor: FindCursor<Document>,
  read: (document: Document) => T,
  turns: BackgroundTurns,
): Promise<T[]> {
  const all: T[] = []
  while (await cursor.hasNext()) {
    for (const document of cursor.readBufferedDocuments()) all.push(read(document))
    await turns.turn()
  }
  return all
}
