import { createHash } from 'node:crypto'
import type { Db, Document } from 'mongodb'
import type { AccountId } from '../domain/account-status.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'

/** Time between two reads of the map, in milliseconds. */
const REFRESH_MS = 5_000
/** Most ranges that are read. The map of a larger cluster is incomplete. */
const RANGES_MAX = 100_000
/** The number of strings in MongoDB's order of types. */
const STRING_TYPE = 15
const HASH_MIN = -(2n ** 63n)

/** A range of hashes on one shard, from `from` up to the next range. */
type Range = { readonly from: bigint; readonly shard: string }
type Chunk = { readonly min: Document; readonly shard: string }

/**
 * A map from account to shard, as the cluster described it a few seconds ago.
 *
 * It serves only to keep requests for different shards out of each other's way; mongos alone knows the truth.
 * All accounts count as being on one shard when there are no shards, when accounts are not sharded by hash,
 * or when the user may not read `config`.
 */
export class ShardMap {
  readonly #db: Db
  readonly #onUnreadable: (error: unknown) => void
  #isReadable = true
  #ranges: readonly Range[] = []
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** @param onUnreadable called when the map cannot be read; once, until it has been read again. */
  constructor(db: Db, onUnreadable: (error: unknown) => void) {
    this.#db = db
    this.#onUnreadable = onUnreadable
  }

  /** Returns the name of the account's shard; empty when all accounts are on one. */
  readonly shardOf = (id: AccountId): string => {
    const ranges = this.#ranges
    return ranges.length < 2 ? '' : shardAt(ranges, hashOf(id))
  }

  /** Reads the map now and every few seconds from then on. May be called again. */
  async follow(): Promise<void> {
    await this.#refresh()
    if (this.#closed || this.#timer) return
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS)
    this.#timer.unref()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
  }

  /** Reads the map, or keeps the old one when it cannot: an old map is better than none. */
  async #refresh(): Promise<void> {
    try {
      this.#ranges = await readRanges(this.#db)
      this.#isReadable = true
    } catch (error) {
      // The config servers are away, or the user may not read them.
      if (this.#isReadable && !this.#closed) this.#onUnreadable(error)
      this.#isReadable = false
    }
  }
}

/**
 * Computes the hash by which MongoDB places a string: the first half of the MD5 of a seed, the string's type
 * and its BSON.
 */
export function hashOf(text: string): bigint {
  const bytes = Buffer.byteLength(text)
  const element = Buffer.alloc(13 + bytes)
  // Bytes 0 to 3 hold the seed, which is 0.
  element.writeInt32LE(STRING_TYPE, 4)
  element.writeInt32LE(bytes + 1, 8)
  element.write(text, 12)
  return createHash('md5').update(element).digest().readBigInt64LE(0)
}

async function readRanges(db: Db): Promise<readonly Range[]> {
  const config = db.client.db('config')
  const described = await config
    .collection<{ _id: string; key: Document; uuid: unknown }>('collections')
    .findOne({ _id: `${db.databaseName}.${collections.accounts}` }, { maxTimeMS: OPERATION_MS_MAX })
  if (described?.key['_id'] !== 'hashed') return []
  const chunks = await config
    .collection<Chunk>('chunks')
    .find({ uuid: described.uuid }, { sort: { min: 1 }, limit: RANGES_MAX, maxTimeMS: OPERATION_MS_MAX })
    .project<Chunk>({ min: 1, shard: 1 })
    .toArray()
  return chunks.map(({ min, shard }) => ({
    from: typeof min['_id'] === 'bigint' ? min['_id'] : HASH_MIN,
    shard,
  }))
}

/** Finds the shard of the last range that begins at or below the hash. */
function shardAt(ranges: readonly Range[], hash: bigint): string {
  let low = 0
  let high = ranges.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const range = ranges[middle]
    if (range && range.from <= hash) low = middle
    else high = middle - 1
  }
  return ranges[low]?.shard ?? ''
}
