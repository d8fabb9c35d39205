import { readFile } from 'node:fs/promises'
import { BSON, type CreateCollectionOptions, type Db, type Document, type IndexDescription } from 'mongodb'

/** A collection with its validator, its indexes besides the one on `_id`, and all its documents. */
export type StoredCollection = {
  readonly name: string
  readonly options: CreateCollectionOptions
  readonly indexes: readonly IndexDescription[]
  readonly documents: readonly Document[]
}

/** A whole small database in memory, like a backup. */
export type StoredDatabase = readonly StoredCollection[]

/** A database as the release with schema version 1 created it, with two accounts and their entries. */
export async function schemaVersion1(): Promise<StoredDatabase> {
  const text = await readFile(new URL('schema-1.json', import.meta.url), 'utf8')
  return BSON.EJSON.parse(text, { useBigInt64: true })
}

export async function backUp(db: Db): Promise<StoredDatabase> {
  const found = await db.listCollections({}, { nameOnly: false }).toArray()
  return await Promise.all(
    found.map(async ({ name, options = {} }) => {
      const indexes = (await db.collection(name).indexes()).filter((index) => index.name !== '_id_')
      return { name, options, indexes, documents: await db.collection(name).find().toArray() }
    }),
  )
}

/**
 * Restores the collections, which must not exist. The identity of the books comes last, as the runbook
 * demands.
 */
export async function restore(db: Db, stored: StoredDatabase): Promise<void> {
  const inOrder = [...stored].sort((a, b) => Number(a.name === 'books') - Number(b.name === 'books'))
  for (const { name, options, indexes, documents } of inOrder) {
    const collection = await db.createCollection(name, options)
    if (documents.length > 0) await collection.insertMany([...documents])
    if (indexes.length > 0) await collection.createIndexes([...indexes])
  }
}
