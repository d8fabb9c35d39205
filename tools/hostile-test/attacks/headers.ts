import type { Header } from '../../../bench/h2/hpack.js'
import type { Random } from '../../crash-test/random.js'
import type { Attack, AttackContext } from '../attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from '../calls.js'
import { mutated } from '../mutation.js'
import { RawLine } from '../raw-line.js'

const CONNECTIONS = 8

/** More headers than a call may have, which HTTP/2 refuses: the stream is reset, or the connection ends. */
const cutOff = ['RESOURCE_EXHAUSTED', 'INTERNAL', 'CLOSED', 'GOAWAY 1', 'GOAWAY 9', 'GOAWAY 11'] as const

type HeaderCase = {
  readonly name: string
  readonly headers: (context: AttackContext, random: Random) => readonly Header[]
  readonly allowed: ReadonlySet<string>
}

const cases: readonly [HeaderCase, ...HeaderCase[]] = [
  {
    name: 'a token of 64 KiB',
    headers: () => callHeaders(AUTHORIZE, [['authorization', `Bearer ${'a'.repeat(64 * 1_024)}`]]),
    allowed: new Set(['UNAUTHENTICATED', 'INVALID_ARGUMENT', ...cutOff]),
  },
  {
    name: 'a token of 8 to 16 KiB',
    headers: (_, random) =>
      callHeaders(AUTHORIZE, [['authorization', `Bearer ${'a'.repeat(8_192 + random.below(7_000))}`]]),
    allowed: new Set(['UNAUTHENTICATED']),
  },
  {
    name: 'metadata of 16 to 100 KiB',
    headers: ({ job }, random) =>
      callHeaders(AUTHORIZE, [bearer(job), ['x-large', 'm'.repeat(16_384 + random.below(90_000))]]),
    allowed: new Set(['INVALID_ARGUMENT', ...cutOff]),
  },
  {
    name: 'metadata of 200 to 1,000 KiB',
    headers: ({ job }, random) =>
      callHeaders(AUTHORIZE, [bearer(job), ['x-large', 'm'.repeat(200_000 + random.below(800_000))]]),
    allowed: new Set(cutOff),
  },
  {
    name: 'a thousand headers',
    headers: ({ job }) =>
      callHeaders(AUTHORIZE, [
        bearer(job),
        ...Array.from({ length: 1_000 }, (_, number): Header => [`x-${number}`, 'm']),
      ]),
    allowed: new Set(['INVALID_ARGUMENT', ...cutOff]),
  },
  {
    name: 'two authorization entries, the first one bad',
    headers: ({ job }) => callHeaders(AUTHORIZE, [['authorization', 'Bearer a.b.c'], bearer(job)]),
    allowed: new Set(['UNAUTHENTICATED', ...cutOff]),
  },
  {
    // Node.js hands over the first of two: it is the one that is verified.
    name: 'two authorization entries, the first one valid',
    headers: ({ job }) => callHeaders(AUTHORIZE, [bearer(job), ['authorization', 'Bearer a.b.c']]),
    allowed: new Set(['OK', 'ALREADY_EXISTS', 'UNAUTHENTICATED', ...cutOff]),
  },
  {
    name: 'two tokens in one entry',
    headers: ({ job }) => callHeaders(AUTHORIZE, [['authorization', `${bearer(job)[1]}, ${bearer(job)[1]}`]]),
    allowed: new Set(['UNAUTHENTICATED']),
  },
  {
    name: 'a token with a few bytes changed',
    headers: ({ job }, random) =>
      callHeaders(AUTHORIZE, [['authorization', changedToken(job.token, random)]]),
    // A byte that no header may have ends the stream.
    allowed: new Set(['UNAUTHENTICATED', ...cutOff]),
  },
  {
    name: 'a token signed with no algorithm',
    headers: ({ job }) => callHeaders(AUTHORIZE, [['authorization', `Bearer ${unsigned(job.token)}`]]),
    allowed: new Set(['UNAUTHENTICATED']),
  },
  {
    name: 'a deadline that is none',
    headers: ({ job }, random) =>
      callHeaders(AUTHORIZE, [bearer(job), ['grpc-timeout', random.pick(['', 'x', '-1S', 'S', '1', '٣S'])]]),
    // As the protocol of gRPC has it, not a bug of the service.
    allowed: new Set(['INTERNAL', 'OK', 'ALREADY_EXISTS', 'DEADLINE_EXCEEDED']),
  },
  {
    name: 'a method that is none',
    headers: ({ job }, random) =>
      callHeaders(
        random.pick(['', '/', '//', '/x', '/benefits.v1.AccountService/', '/__proto__/constructor']),
        [bearer(job)],
      ),
    allowed: new Set(['UNIMPLEMENTED', ...cutOff]),
  },
  {
    name: 'another content type',
    headers: ({ job }) => [
      ...callHeaders(AUTHORIZE, [bearer(job)]).filter(([name]) => name !== 'content-type'),
      ['content-type', 'application/json'],
    ],
    allowed: new Set(['HTTP 415']),
  },
  {
    name: 'headers that HTTP/2 forbids',
    headers: ({ job }, random) =>
      callHeaders(AUTHORIZE, [
        bearer(job),
        random.pick([
          ['connection', 'keep-alive'],
          ['X-Upper', 'm'],
          [':path', '/twice'],
          ['x-null', 'a\u0000b'],
          ['x-line', 'a\r\nb: c'],
          ['', 'nameless'],
        ]),
      ]),
    allowed: new Set(['OK', 'ALREADY_EXISTS', ...cutOff]),
  },
  {
    name: 'binary metadata that is none',
    headers: ({ job }) => callHeaders(AUTHORIZE, [bearer(job), ['x-bin', '%%%'], ['grpc-trace-bin', '*']]),
    allowed: new Set(['OK', 'ALREADY_EXISTS']),
  },
]

/** Metadata, tokens and pseudo-headers that are too many, too large or not what they say. */
export const headers: Attack = async (context) => {
  await context.inParallel(CONNECTIONS, async (random) => {
    // One call each: what a call of a megabyte is answered with must not be another one's end.
    const line = new RawLine({ context, callsMax: 1 })
    while (await context.next()) {
      const { name, headers: make, allowed } = random.pick(cases)
      const outcome = await line.call(make(context, random), framed(purchase('headers')))
      context.tally.judge(outcome, allowed, () => name)
    }
    line.close()
  })
}

function changedToken(token: string, random: Random): string {
  const changed = mutated(Buffer.from(token), random).toString('latin1')
  return `Bearer ${changed === token ? `${token}x` : changed}`
}

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
  return `${header}.${token.split('.')[1]}.`
}
