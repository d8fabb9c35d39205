import type { ChannelCredentials } from '@grpc/grpc-js'
import { eventually } from '../eventually.js'
import { purchase, TestClient } from './client.js'

/** The credentials that a caller presents. */
export type Caller = { readonly security: ChannelCredentials; readonly token: string }

/** Callers that open a connection for each call. One more keeps its connection. */
const CONNECTING = 3

/**
 * Callers that run until they are stopped: some with a new connection for each call, one with a permanent
 * connection.
 */
export class ConnectingLoad {
  readonly #address: string
  readonly #failures: string[] = []
  #caller: Caller
  #calling = true
  #answers = 0
  #answersWhereItBegan = 0
  readonly #loops: readonly Promise<void>[]
  /** The credentials of the latest answered call of each loop. */
  readonly #used: Caller[] = []

  constructor(address: string, caller: Caller) {
    this.#address = address
    this.#caller = caller
    const connecting = Array.from({ length: CONNECTING }, (_, loop) => this.#connect(loop))
    this.#loops = [...connecting, this.#stay(caller.security)]
  }

  /** The outcome of each unanswered call. */
  get failures(): readonly string[] {
    return this.#failures
  }

  /** Gives all callers other credentials, and waits until no call with earlier ones is in flight. */
  async use(caller: Caller): Promise<void> {
    this.#caller = caller
    await eventually('every caller has changed', () =>
      this.#loops.every((_, loop) => this.#used[loop] === caller),
    )
  }

  /** Waits for so many more answers, so that the load surrounds an event. */
  async more(answers: number): Promise<void> {
    const goal = this.#answers + answers
    await eventually(`${answers} more answers`, () => this.#answers >= goal || this.#failures.length > 0)
  }

  /** Waits for one more answer on the permanent connection. */
  async moreWhereItBegan(): Promise<void> {
    const before = this.#answersWhereItBegan
    await eventually('an answer on the first connection', () => this.#answersWhereItBegan > before + 1)
  }

  async stop(): Promise<void> {
    this.#calling = false
    await Promise.all(this.#loops)
  }

  async #connect(loop: number): Promise<void> {
    while (this.#calling) {
      const caller = this.#caller
      const client = new TestClient(this.#address, caller.security)
      await this.#call(client, caller, loop)
      client.close()
    }
  }

  async #stay(security: ChannelCredentials): Promise<void> {
    const client = new TestClient(this.#address, security)
    while (this.#calling) {
      if (await this.#call(client, this.#caller, CONNECTING)) this.#answersWhereItBegan += 1
    }
    client.close()
  }

  async #call(client: TestClient, caller: Caller, loop: number): Promise<boolean> {
    const { response, error } = await client.authorize(purchase({}), {
      authorization: `Bearer ${caller.token}`,
    })
    this.#used[loop] = caller
    if (response) this.#answers += 1
    else this.#failures.push(`${error.code}: ${error.message}`)
    return response !== undefined
  }
}
