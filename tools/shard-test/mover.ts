import { setTimeout as delay } from 'node:timers/promises'
import { type Document, MongoClient } from 'mongodb'
import type { Random } from '../crash-test/random.js'
import type { ClusterShard } from '../dev/local-mongo/ephemeral-cluster.js'

/** Chunks that each collection is cut into, so that a move takes a part of the accounts. */
const CHUNKS = 8
/** Longest pause between two moves, in milliseconds. */
const PAUSE_MS_MAX = 1_000
/** Answers that must come between two moves, so that each meets a load. */
const ANSWERS = { min: 1, max: 100 }
const POLL_MS = 10
/** Longest time for that many answers, and for one move, in milliseconds. */
const STEP_MS_MAX = 60_000

type Chunk = { readonly shard: string; readonly min: Document; readonly max: Document }

export type MoverOptions = {
  readonly client: MongoClient
  readonly shards: readonly ClusterShard[]
  readonly database: string
  readonly random: Random
  /** Number of answers so far. */
  readonly answers: () => number
  readonly signal: AbortSignal
}

/** Moves chunks of accounts and of the ledger, each by itself, from one shard to the other and back. */
export class Mover {
  readonly #options: MoverOptions
  readonly #moves = new Map<string, number>()
  #longestMoveMs = 0

  constructor(options: MoverOptions) {
    this.#options = options
  }

  /** Moves made, by collection. */
  get moves(): ReadonlyMap<string, number> {
    return this.#moves
  }

  get total(): number {
    return [...this.#moves.values()].reduce((sum, count) => sum + count, 0)
  }

  get longestMoveMs(): number {
    return this.#longestMoveMs
  }

  /** Cuts the collections into chunks, and keeps everybody else from moving them. */
  async prepare(collections: readonly string[]): Promise<void> {
    const { client, shards, database } = this.#options
    const admin = client.db('admin')
    await admin.command({ balancerStop: 1 })
    // What has moved away is removed after a quarter of an hour otherwise, and nothing can come back before.
    for (const shard of shards) await setCleanupDelay(shard)
    for (const collection of collections) {
      while ((await this.#chunks(collection)).length < CHUNKS) {
        const [widest] = (await this.#chunks(collection)).sort((a, b) => widthOf(b) - widthOf(a))
        if (!widest) throw new Error(`${collection} has no chunks`)
        await admin.command({ split: `${database}.${collection}`, middle: middleOf(widest) })
      }
    }
  }

  /**
   * Makes so many moves at random moments, each under load.
   *
   * @throws Error when the load stands still for a minute, or a move is refused.
   */
  async run(moves: number, collections: readonly string[]): Promise<void> {
    const { random, signal } = this.#options
    for (let done = 0; done < moves; done++) {
      await this.#untilAnswers(random.between(ANSWERS))
      await delay(random.below(PAUSE_MS_MAX))
      if (signal.aborted) return
      const collection = collections[done % collections.length] ?? ''
      await this.#move(collection)
      this.#moves.set(collection, (this.#moves.get(collection) ?? 0) + 1)
    }
  }

  async #move(collection: string): Promise<void> {
    const { client, shards, database, random } = this.#options
    const chunks = await this.#chunks(collection)
    const chunk = chunks[random.below(chunks.length)]
    const to = shards.find(({ name }) => name !== chunk?.shard)
    if (!chunk || !to) throw new Error(`${collection} has no chunk that could move`)
    const startedAtMs = performance.now()
    await client.db('admin').command({
      moveRange: `${database}.${collection}`,
      min: chunk.min,
      max: chunk.max,
      toShard: to.name,
      maxTimeMS: STEP_MS_MAX,
    })
    this.#longestMoveMs = Math.max(this.#longestMoveMs, performance.now() - startedAtMs)
  }

  async #chunks(collection: string): Promise<Chunk[]> {
    const { client, database } = this.#options
    const config = client.db('config')
    const described = await config
      .collection<{ _id: string; uuid: unknown }>('collections')
      .findOne({ _id: `${database}.${collection}` })
    return await config.collection<Chunk>('chunks').find({ uuid: described?.uuid }).sort({ min: 1 }).toArray()
  }

  async #untilAnswers(count: number): Promise<void> {
    const { answers, signal } = this.#options
    const wanted = answers() + count
    const endsAtMs = performance.now() + STEP_MS_MAX
    while (answers() < wanted && !signal.aborted) {
      if (performance.now() > endsAtMs) throw new Error(`fewer than ${count} answers in ${STEP_MS_MAX} ms`)
      await delay(POLL_MS)
    }
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

/** The only field of the shard key, and the hash in it. */
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
