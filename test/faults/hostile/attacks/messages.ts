import { once } from 'node:events'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import { statusName } from '../../../../bench/h2/call-end.js'
import { AuthorizeStreamResponse } from '../../../../src/gen/benefits/v1/authorization.js'
import type { Random } from '../../../../tools/random.js'
import type { Attack, AttackContext } from '../attack.js'
import { AUTHORIZE_STREAM, bearer } from '../calls.js'
import { mutated } from '../mutation.js'
import { methods, randomMessage } from '../random-message.js'

const CONNECTIONS = 4
const CALLS_PER_CONNECTION = 8
/** Share of messages that are sent unchanged. */
const UNCHANGED = 0.3
/** Most messages on one call of a stream. */
const STREAMED_MAX = 5
/** Purchases of one stream. */
const PURCHASES_PER_STREAM = 500

/** Every answer and every error, except those that mean an unknown outcome. */
const properStatuses = [
  'OK',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
  'ABORTED',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
]
/** UNAVAILABLE: the service ends a stream at its maximum age. */
const properEnds = ['OK', 'UNAVAILABLE']

/** Valid token, valid HTTP/2, valid gRPC, and random messages. */
export const messages: Attack = {
  title: 'messages with bytes changed, every method',
  share: 0.15,
  pace: 0.4,
  run: (context) =>
    attack(
      context,
      [...methods.keys()].filter((path) => !changesCatalog(path)),
    ),
}

/** The same to the methods that change categories and merchant rules. */
export const catalogMessages: Attack = {
  title: 'messages with bytes changed, categories and rules',
  share: 0.03,
  pace: 0.5,
  changesCatalog: true,
  run: (context) => attack(context, [...methods.keys()].filter(changesCatalog)),
}

/** Purchases on a stream, most of them malformed: each must get its answer, and the stream continues. */
export const streamedMessages: Attack = {
  title: 'the same on a stream of purchases',
  share: 0.57,
  pace: 1.5,
  run: (context) =>
    context.inParallel(CONNECTIONS, async (random) => {
      const client = clientOf(context)
      for (let goesOn = true; goesOn; ) goesOn = await streamPurchases(context, client, random)
      client.close()
    }),
}

function changesCatalog(path: string): boolean {
  return (
    /\/(UpsertCategory|DeleteCategory|UpdateMccPolicy|\w+MerchantRules?)$/.test(path) &&
    !/\/(Get|List|Export)/.test(path)
  )
}

async function attack(context: AttackContext, paths: readonly string[]): Promise<void> {
  await context.inParallel(CONNECTIONS, async (random) => {
    const client = clientOf(context)
    const sendAll = async (own: Random) => {
      while (await context.next()) {
        const path = paths[own.below(paths.length)] ?? ''
        const sent = messagesFor(path, own)
        const outcome = await outcomeOf(client, { path, sent, metadata: metadataOf(context) })
        const hex = () => sent.map((message) => message.toString('hex')).join(' ')
        context.judge(outcome, properStatuses, () => `${path} ${hex()}`)
      }
    }
    await Promise.all(Array.from({ length: CALLS_PER_CONNECTION }, () => sendAll(random.fork())))
    client.close()
  })
}

function messagesFor(path: string, random: Random): readonly Buffer[] {
  const kind = methods.get(path)?.methodKind
  const isStream = kind === 'client_streaming' || kind === 'bidi_streaming'
  const count = isStream ? 1 + random.below(STREAMED_MAX) : 1
  return Array.from({ length: count }, () => messageFor(path, random))
}

function messageFor(path: string, random: Random): Buffer {
  const method = methods.get(path)
  if (!method) throw new Error(`the contract has no ${path}`)
  const message = randomMessage(method.input, random)
  return random.chance(UNCHANGED) ? message : mutated(message, random)
}

type Call = { readonly path: string; readonly sent: readonly Buffer[]; readonly metadata: Metadata }

/** Makes a call of any kind, and returns the name of its status. On the wire all kinds look alike. */
async function outcomeOf(client: Client, { path, sent, metadata }: Call): Promise<string> {
  return await new Promise((resolve) => {
    const stream = client.makeBidiStreamRequest(path, asItIs, asItIs, metadata)
    stream.on('data', () => {})
    stream.on('error', () => {})
    stream.on('status', ({ code }) => resolve(statusName(code)))
    for (const message of sent) stream.write(message)
    stream.end()
  })
}

/** Streams some purchases, up to the last answer; false when no more cases are due. */
async function streamPurchases(context: AttackContext, client: Client, random: Random): Promise<boolean> {
  const stream = client.makeBidiStreamRequest(AUTHORIZE_STREAM, asItIs, asItIs, metadataOf(context))
  let unanswered = 0
  stream.on('data', (bytes: Buffer) => {
    const { outcome } = AuthorizeStreamResponse.decode(bytes)
    const error = outcome?.$case === 'error' ? outcome.value : undefined
    context.judge(statusName(error?.code ?? 0), properStatuses, () => error?.message ?? '')
    unanswered -= 1
  })
  stream.on('error', () => {})
  let isOpen = true
  const ended = once(stream, 'status').finally(() => {
    isOpen = false
  })
  let goesOn = true
  for (let sent = 0; isOpen && sent < PURCHASES_PER_STREAM; sent++) {
    goesOn = await context.next()
    if (!goesOn) break
    unanswered += 1
    stream.write(messageFor(AUTHORIZE_STREAM, random))
  }
  stream.end()
  const [{ code, details }] = await ended
  const end = code === status.OK && unanswered > 0 ? `OK, ${unanswered} unanswered` : statusName(code)
  if (!properEnds.includes(end)) context.judge(`stream ended: ${end}`, [], () => details)
  return goesOn
}

/** A client with its own connection. */
function clientOf({ job }: AttackContext): Client {
  return new Client(`${job.target.host}:${job.target.port}`, credentials.createInsecure(), {
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': -1,
  })
}

function metadataOf({ job }: AttackContext): Metadata {
  const metadata = new Metadata()
  metadata.set(...bearer(job))
  return metadata
}

function asItIs(bytes: Buffer): Buffer {
  return bytes
}
