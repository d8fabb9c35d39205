import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { exampleAccounts } from '../../src/application/seed-examples.js'
import { purchase, TestClient } from '../support/clients/client.js'
import { PurchaseStream } from '../support/clients/purchase-stream.js'
import type { ServiceProcess } from '../support/processes/service-process.js'

/** Pause between two rounds, in milliseconds: the load only has to be visible. */
const PAUSE_MS = 250
/** Longest time of a stream of purchases, in milliseconds. */
const STREAM_MS = 600_000

/** Sends a few purchases of each kind per second, as calls and on a stream, until it is stopped. */
export class LittleLoad {
  readonly #client: TestClient
  readonly #stream: PurchaseStream
  readonly #running: Promise<void>
  #stopped = false

  constructor({ grpcAddress }: ServiceProcess) {
    this.#client = new TestClient(grpcAddress)
    this.#stream = new PurchaseStream(grpcAddress, { deadlineMs: STREAM_MS })
    this.#running = this.#run()
  }

  /** Stops, and fails with the first error so far. */
  async stop(): Promise<void> {
    this.#stopped = true
    try {
      await this.#running
    } finally {
      this.#stream.halfClose()
      await this.#stream.ended
      this.#client.close()
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#round(this.#client)
      await delay(PAUSE_MS)
    }
  }

  async #round(client: TestClient): Promise<void> {
    const account_id = exampleAccounts[0]?.id ?? ''
    const paid = purchase({ account_id, amount: 1 })
    await client.decide(paid)
    await client.decide(paid)
    await client.decide(purchase({ account_id, amount: 1_000_000 }))
    await client.fail(purchase({ account_id, mcc: '' }))
    await client.fail(purchase({ account_id }), { authorization: null })
    this.#stream.send(purchase({ account_id, amount: 1, transaction_id: randomUUID() }))
  }
}
