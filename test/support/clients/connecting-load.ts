import type { ChannelCredentials } from '@grpc/grpc-js'
import { eventually } from '../eventually.js'
import { purchase, TestClient } from './client.js'

/** What a caller shows. */
export type Caller = { readonly security: ChannelCredentials; readonly token: string }

/** Callers that open a connection for each call; the one after them has one all the time. */
const CONNECTING = 3

/** Callers that go on until they are told otherwise: some with a new connection for each call, one with the same all the time. */
export class ConnectingLoad {
  readonly #address: string
  readonly #failures: string[] = []
  #caller: Caller
  #calling = true
  #answers = 0
  #answersWhereItBegan = 0
  readonly #loops: readonly Promise<void>[]
  /** What each loop has used for its latest call that was answered. */
  readonly #used: Caller[] = []

  constructor(address: string, caller: Caller) {
    this.#address = address
    this.#caller = caller
    const connecting = Array.from({ length: CONNECTING }, (_, loop) => this.#connect(loop))
    this.#loops = [...connecting, this.#stay(caller.security)]
  }

  /** How each call that was not answered has ended. */
  get failures(): readonly string[] {
    return this.#failures
  }

  /** Has all of them show something else, and waits until nothing else is on its way. */
  async use(caller: Caller): Promise<void> {
    this.#caller = caller
    await eventually('every caller has changed', () =>
      this.#loops.every((_, loop) => this.#used[loop] === caller),
    )
  }

  /** Waits for as many answers more: what is happening meanwhile happens under load. */
  async more(answers: number): Promise<void> {
    const goal = this.#answers + answers
    await eventually(`${answers} more answers`, () => this.#answers >= goal || this.#failures.length > 0)
  }

  /** Waits for an answer more on the connection that was there from the beginning. */
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
