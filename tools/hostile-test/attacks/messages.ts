import { statusName } from '../../../bench/h2/call-end.js'
import { GrpcConnection, requestHeaders } from '../../../bench/h2/grpc-connection.js'
import type { Random } from '../../crash-test/random.js'
import type { Attack, AttackContext } from '../attack.js'
import { bearer, framed } from '../calls.js'
import { mutated } from '../mutation.js'
import { methods, randomMessage } from '../random-message.js'

const CONNECTIONS = 4
const CALLS_PER_CONNECTION = 8
/** How often a message is sent as it was made. */
const UNCHANGED = 0.3
/** Most messages on one call of a stream. */
const STREAMED_MAX = 5
const MESSAGE_BYTES_MAX = 16_384 - 5

/** Every answer that is one, and every refusal but those that say that we did not know what happened. */
export const properStatuses: ReadonlySet<string> = new Set([
  'OK',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
  'ABORTED',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
])

/** Methods that change what is decided for everybody. */
const changesCatalog = (path: string) =>
  /\/(UpsertCategory|DeleteCategory|UpdateMccPolicy|\w+MerchantRules?)$/.test(path) &&
  !/\/(Get|List|Export)/.test(path)

/** Valid token, valid HTTP/2, valid gRPC; the messages are whatever comes of them. */
export const messages: Attack = async (context) => {
  await attack(
    context,
    [...methods.keys()].filter((path) => !changesCatalog(path)),
  )
}

/** The same to the methods that change categories and merchant rules. */
export const catalogMessages: Attack = async (context) => {
  await attack(context, [...methods.keys()].filter(changesCatalog))
}

async function attack(context: AttackContext, paths: readonly string[]): Promise<void> {
  await context.inParallel(CONNECTIONS, async (random) => {
    const line = new Line(context)
    const works = Array.from({ length: CALLS_PER_CONNECTION }, () => random.fork())
    await Promise.all(works.map((own) => sendAll(context, line, { paths, random: own })))
    line.close()
  })
}

type Sending = { readonly paths: readonly string[]; readonly random: Random }

async function sendAll(context: AttackContext, line: Line, { paths, random }: Sending): Promise<void> {
  while (await context.next()) {
    const path = paths[random.below(paths.length)] ?? ''
    const method = methods.get(path)
    if (!method) throw new Error(`the contract has no ${path}`)
    const isStream = method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming'
    const count = isStream ? 1 + random.below(STREAMED_MAX) : 1
    const sent = Array.from({ length: count }, () => {
      const message = randomMessage(method.input, random)
      const changed = random.chance(UNCHANGED) ? message : mutated(message, random)
      return changed.subarray(0, MESSAGE_BYTES_MAX)
    })
    const outcome = await line.call(path, sent)
    context.tally.judge(outcome, properStatuses, () => `${path} ${sent.map(hex).join(' ')}`)
  }
}

const hex = (message: Buffer) => message.toString('hex')

/** A connection that is made again when the server has ended it for its age. */
class Line {
  readonly #context: AttackContext
  readonly #headers = new Map<string, Buffer>()
  #connection: Promise<GrpcConnection> | undefined

  constructor(context: AttackContext) {
    this.#context = context
  }

  async call(path: string, messages: readonly Buffer[]): Promise<string> {
    this.#connection ??= GrpcConnection.open(this.#context.job.target)
    const used = this.#connection
    const connection = await used
    const outcome = await new Promise<string>((resolve) => {
      const stream = connection.call(this.#headersOf(path), {
        message: () => {},
        end: ({ status }) => resolve(statusName(status)),
      })
      messages.forEach((message, place) => {
        const last = place === messages.length - 1
        connection.send({ stream, message: framed(message), last })
      })
    })
    if (outcome !== 'NO_ANSWER') return outcome
    if (this.#connection === used) this.#connection = undefined
    connection.close()
    return await this.call(path, messages)
  }

  close(): void {
    void this.#connection?.then((connection) => connection.close())
  }

  #headersOf(path: string): Buffer {
    const known = this.#headers.get(path)
    if (known) return known
    const headers = requestHeaders({ authority: 'authorizer', path, more: [bearer(this.#context.job)] })
    this.#headers.set(path, headers)
    return headers
  }
}
