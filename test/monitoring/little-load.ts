import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { exampleAccounts } from '../../src/application/seed-examples.js'
import { purchase, TestClient } from '../support/clients/client.js'
import { PurchaseStream } from '../support/clients/purchase-stream.js'
import type { ServiceProcess } from '../support/processes/service-process.js'

/** Pause between two rounds, in milliseconds: it is to be watched, not strained. */
const PAUSE_MS = 250
/** Longest time that a stream of purchases is open, in milliseconds. */
const STREAM_MS = 600_000

/** A few purchases a second of each kind, as calls and on a stream, until it is told to stop. */
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

  /** Stops, and fails with what went wrong meanwhile. */
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
