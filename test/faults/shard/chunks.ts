import { type Document, MongoClient } from 'mongodb'
import type { ClusterShard } from '../../../tools/dev/local-mongo/ephemeral-cluster.js'
import type { Random } from '../../../tools/random.js'
import { DATABASE } from '../harness/verification.js'

/** Chunks of each collection, so that a move affects a part of the accounts. */
const CHUNKS = 8
/** Longest time for one move, in milliseconds. */
const MOVE_MS_MAX = 60_000

type Chunk = { readonly shard: string; readonly min: Document; readonly max: Document }

/** The chunks of the collections of a sharded database. */
export class Chunks {
  readonly #client: MongoClient
  readonly #shards: readonly ClusterShard[]

  constructor(client: MongoClient, shards: readonly ClusterShard[]) {
    this.#client = client
    this.#shards = shards
  }

  /** Splits the collections into chunks, and stops the balancer from moving them. */
  async prepare(collections: readonly string[]): Promise<void> {
    const admin = this.#client.db('admin')
    await admin.command({ balancerStop: 1 })
    // By default MongoDB deletes moved data only after 15 minutes, and until then the chunk cannot move back.
    for (const shard of this.#shards) await setCleanupDelay(shard)
    for (const collection of collections) {
      while ((await this.#chunksOf(collection)).length < CHUNKS) {
        const [widest] = (await this.#chunksOf(collection)).sort((a, b) => widthOf(b) - widthOf(a))
        if (!widest) throw new Error(`${collection} has no chunks`)
        await admin.command({ split: `${DATABASE}.${collection}`, middle: middleOf(widest) })
      }
    }
  }

  /** Moves a random chunk of a collection to the other shard. */
  async move(collection: string, random: Random): Promise<void> {
    const chunks = await this.#chunksOf(collection)
    const chunk = chunks[random.below(chunks.length)]
    const to = this.#shards.find(({ name }) => name !== chunk?.shard)
    if (!chunk || !to) throw new Error(`${collection} has no chunk that could move`)
    await this.#client.db('admin').command({
      moveRange: `${DATABASE}.${collection}`,
      min: chunk.min,
      max: chunk.max,
      toShard: to.name,
      maxTimeMS: MOVE_MS_MAX,
    })
  }

  async #chunksOf(collection: string): Promise<Chunk[]> {
    const config = this.#client.db('config')
    const described = await config
      .collection<{ _id: string; uuid: unknown }>('collections')
      .findOne({ _id: `${DATABASE}.${collection}` })
    return await config.collection<Chunk>('chunks').find({ uuid: described?.uuid }).sort({ min: 1 }).toArray()
  }
}

async function setCleanupDelay({ uri }: ClusterShard): Promise<void> {
  const client = new MongoClient(uri)
  try {
    await client.db('admin').command({ setParameter: 1, orphanCleanupDelaySecs: 0 })
  } finally {
    await client.close()
  }
}

/** The only field of the shard key, and its hash at this bound. */
function boundOf(bound: Document): { readonly field: string; readonly hash: bigint | undefined } {
  const [field = '', hash] = Object.entries(bound)[0] ?? []
  return { field, hash: typeof hash === 'bigint' ? hash : undefined }
}

function edgesOf({ min, max }: Chunk): { readonly from: bigint; readonly to: bigint } {
  return { from: boundOf(min).hash ?? -(2n ** 63n), to: boundOf(max).hash ?? 2n ** 63n }
}

function widthOf(chunk: Chunk): number {
  const { from, to } = edgesOf(chunk)
  return Number(to - from)
}

function middleOf(chunk: Chunk): Document {
  const { from, to } = edgesOf(chunk)
  return { [boundOf(chunk.min).field]: from + (to - from) / 2n }
}
