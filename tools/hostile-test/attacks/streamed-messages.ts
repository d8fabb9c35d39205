import { statusName } from '../../../bench/h2/call-end.js'
import { GrpcConnection, requestHeaders } from '../../../bench/h2/grpc-connection.js'
import type { GrpcStream } from '../../../bench/h2/grpc-stream.js'
import { readStreamAnswer } from '../../../bench/load/answer.js'
import type { Attack, AttackContext } from '../attack.js'
import { AUTHORIZE_STREAM, bearer, framed } from '../calls.js'
import { mutated } from '../mutation.js'
import { methods, randomMessage } from '../random-message.js'
import { properStatuses } from './messages.js'

const STREAMS = 4
/** Messages of a stream without an answer yet. */
const UNDER_WAY_MAX = 32
/** How often a message is sent as it was made. */
const UNCHANGED = 0.3
/** How a stream may end that nobody has ended: it has had its time. */
const properEnds: ReadonlySet<string> = new Set(['UNAVAILABLE', 'NO_ANSWER'])

/** Purchases on a stream, most of which are none: each has to have its answer, and the stream goes on. */
export const streamedMessages: Attack = async (context) => {
  const input = methods.get(AUTHORIZE_STREAM)?.input
  if (!input) throw new Error(`the contract has no ${AUTHORIZE_STREAM}`)
  await context.inParallel(STREAMS, async (random) => {
    let stream: PurchaseStream | undefined
    while (await context.next()) {
      if (!stream?.isOpen) stream = await PurchaseStream.open(context)
      const message = randomMessage(input, random)
      await stream.send(random.chance(UNCHANGED) ? message : mutated(message, random))
    }
    await stream?.finish()
  })
}

class PurchaseStream {
  readonly #context: AttackContext
  readonly #connection: GrpcConnection
  readonly #stream: GrpcStream
  #underWay = 0
  #isOpen = true
  #finishing = false
  #onChange: () => void = () => {}

  static async open(context: AttackContext): Promise<PurchaseStream> {
    return new PurchaseStream(context, await GrpcConnection.open(context.job.target))
  }

  private constructor(context: AttackContext, connection: GrpcConnection) {
    this.#context = context
    this.#connection = connection
    const more = [bearer(context.job)]
    const headers = requestHeaders({ authority: 'authorizer', path: AUTHORIZE_STREAM, more })
    this.#stream = connection.call(headers, {
      message: (bytes) => this.#answered(bytes),
      end: ({ status, message }) => this.#ended(statusName(status), message),
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Sends a message, and waits while too many have no answer. */
  async send(message: Buffer): Promise<void> {
    this.#underWay += 1
    this.#connection.send({ stream: this.#stream, message: framed(message), last: false })
    await this.#until(() => this.#underWay < UNDER_WAY_MAX)
  }

  /** Waits for every answer, and leaves. */
  async finish(): Promise<void> {
    await this.#until(() => this.#underWay === 0)
    this.#finishing = true
    this.#connection.close()
  }

  #answered(bytes: Buffer): void {
    const { error } = readStreamAnswer(bytes)
    const outcome = error ? statusName(error.status) : 'OK'
    this.#context.tally.judge(outcome, properStatuses, () => error?.message ?? '')
    this.#underWay -= 1
    this.#onChange()
  }

  #ended(status: string, message: string): void {
    if (!this.#finishing && !properEnds.has(status)) {
      this.#context.tally.judge(`stream ended: ${status}`, properEnds, () => message)
    }
    this.#isOpen = false
    this.#connection.close()
    this.#onChange()
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && this.#isOpen) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve
      })
    }
  }
}
