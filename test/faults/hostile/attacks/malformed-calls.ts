import { deflateSync, gzipSync } from 'node:zlib'
import type { Header } from '../../../../bench/h2/hpack.js'
import type { Random } from '../../../../tools/random.js'
import type { Attack, AttackJob } from '../attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from '../calls.js'
import { mutated } from '../mutation.js'
import { RawConnection } from '../raw-connection.js'

const CONNECTIONS = 8
/** Uncompressed size of a bomb, in bytes. Compressed, it fits into a message. */
const BOMB_BYTES = 15 * 1024 * 1024

/** One malformed call, and its allowed outcomes. By default a valid purchase with a valid token. */
type Row = {
  readonly name: string
  readonly path?: (random: Random) => string
  readonly headers?: (job: AttackJob, random: Random) => readonly Header[]
  /** Replaces the content type. */
  readonly contentType?: string
  readonly data?: (random: Random) => Buffer
  readonly allowed: readonly string[]
}

const answered = ['OK', 'ALREADY_EXISTS', 'INVALID_ARGUMENT']
const decided = ['OK', 'ALREADY_EXISTS']
/** The gRPC status for a message that cannot be decompressed. */
const notUnpacked = 'INTERNAL'
/** More headers than a call may have, which HTTP/2 rejects: the stream is reset, or the connection closes. */
const cutOff = ['RESOURCE_EXHAUSTED', 'INTERNAL', 'CLOSED', 'GOAWAY 1', 'GOAWAY 9', 'GOAWAY 11']

const authorization = (value: string): Header => ['authorization', value]
const encoding = (value: string) => (job: AttackJob) => [bearer(job), ['grpc-encoding', value] as const]
const large = (job: AttackJob, bytes: number) => [bearer(job), ['x-large', 'm'.repeat(bytes)] as const]
const bombs = [gzipSync(Buffer.alloc(BOMB_BYTES)), deflateSync(Buffer.alloc(BOMB_BYTES))] as const

const headerRows: readonly [Row, ...Row[]] = [
  {
    name: 'a token of 64 KiB',
    headers: () => [authorization(`Bearer ${'a'.repeat(64 * 1_024)}`)],
    allowed: ['UNAUTHENTICATED', 'INVALID_ARGUMENT', ...cutOff],
  },
  {
    name: 'a token of 8 to 16 KiB',
    headers: (_, random) => [authorization(`Bearer ${'a'.repeat(8_192 + random.below(7_000))}`)],
    allowed: ['UNAUTHENTICATED'],
  },
  {
    name: 'metadata of 16 to 100 KiB',
    headers: (job, random) => large(job, 16_384 + random.below(90_000)),
    allowed: ['INVALID_ARGUMENT', ...cutOff],
  },
  {
    name: 'metadata of 200 to 1,000 KiB',
    headers: (job, random) => large(job, 200_000 + random.below(800_000)),
    allowed: cutOff,
  },
  {
    name: 'a thousand headers',
    headers: (job) => [
      bearer(job),
      ...Array.from({ length: 1_000 }, (_, number): Header => [`x-${number}`, 'm']),
    ],
    allowed: ['INVALID_ARGUMENT', ...cutOff],
  },
  {
    name: 'two authorization entries, the first one bad',
    headers: (job) => [authorization('Bearer a.b.c'), bearer(job)],
    allowed: ['UNAUTHENTICATED', ...cutOff],
  },
  {
    // Node.js passes on the first of two, which is verified.
    name: 'two authorization entries, the first one valid',
    headers: (job) => [bearer(job), authorization('Bearer a.b.c')],
    allowed: [...decided, 'UNAUTHENTICATED', ...cutOff],
  },
  {
    name: 'two tokens in one entry',
    headers: (job) => [authorization(`${bearer(job)[1]}, ${bearer(job)[1]}`)],
    allowed: ['UNAUTHENTICATED'],
  },
  {
    name: 'a token with a few bytes changed',
    headers: ({ token }, random) => [authorization(changedToken(token, random))],
    // An illegal byte in a header ends the stream.
    allowed: ['UNAUTHENTICATED', ...cutOff],
  },
  {
    name: 'a token signed with no algorithm',
    headers: ({ token }) => [authorization(`Bearer ${unsigned(token)}`)],
    allowed: ['UNAUTHENTICATED'],
  },
  {
    name: 'a malformed deadline',
    headers: (job, random) => [bearer(job), ['grpc-timeout', random.pick(['', 'x', '-1S', 'S', '1', '٣S'])]],
    // The gRPC protocol requires it: INTERNAL does not mean a bug of the service here.
    allowed: ['INTERNAL', ...decided, 'DEADLINE_EXCEEDED'],
  },
  {
    name: 'a method that does not exist',
    path: (random) =>
      random.pick(['', '/', '//', '/x', '/benefits.v1.AccountService/', '/__proto__/constructor']),
    allowed: ['UNIMPLEMENTED', ...cutOff],
  },
  { name: 'another content type', contentType: 'application/json', allowed: ['HTTP 415'] },
  {
    name: 'headers that HTTP/2 forbids',
    headers: (job, random) => [
      bearer(job),
      random.pick<Header>([
        ['connection', 'keep-alive'],
        ['X-Upper', 'm'],
        [':path', '/twice'],
        ['x-null', 'a\u0000b'],
        ['x-line', 'a\r\nb: c'],
        ['', 'nameless'],
      ]),
    ],
    allowed: [...decided, ...cutOff],
  },
  {
    name: 'malformed binary metadata',
    headers: (job) => [bearer(job), ['x-bin', '%%%'], ['grpc-trace-bin', '*']],
    allowed: decided,
  },
]

const compressionRows: readonly [Row, ...Row[]] = [
  {
    name: 'a bomb by gzip',
    headers: encoding('gzip'),
    data: () => framed(bombs[0], 1),
    allowed: ['RESOURCE_EXHAUSTED'],
  },
  {
    name: 'a bomb by deflate',
    headers: encoding('deflate'),
    data: () => framed(bombs[1], 1),
    allowed: ['RESOURCE_EXHAUSTED'],
  },
  {
    name: 'a purchase by gzip',
    headers: encoding('gzip'),
    data: (random) => framed(gzipSync(purchase(`z${random.below(50_000)}`)), 1),
    allowed: answered,
  },
  {
    name: 'gzip with bytes changed',
    headers: encoding('gzip'),
    data: (random) => framed(mutated(gzipSync(purchase('z')), random), 1),
    allowed: [...answered, notUnpacked],
  },
  {
    name: 'an uncompressed message with the compressed flag',
    headers: encoding('gzip'),
    data: () => framed(purchase('z'), 1),
    allowed: [notUnpacked],
  },
  {
    name: 'an unknown encoding',
    headers: encoding('br'),
    data: () => framed(purchase('z'), 1),
    allowed: ['UNIMPLEMENTED'],
  },
  {
    name: 'an unknown flag',
    headers: encoding('identity'),
    data: (random) => framed(purchase('z'), 2 + random.below(254)),
    allowed: [...answered, notUnpacked],
  },
  {
    name: 'a length of 4 GiB',
    headers: encoding('identity'),
    data: () => Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]),
    allowed: ['RESOURCE_EXHAUSTED'],
  },
  {
    name: 'three thousand empty messages',
    headers: encoding('identity'),
    data: () => Buffer.alloc(16_000),
    allowed: ['UNIMPLEMENTED'],
  },
  {
    name: 'half a message',
    headers: encoding('identity'),
    data: () => framed(purchase('z')).subarray(0, 8),
    allowed: ['UNIMPLEMENTED'],
  },
  {
    name: 'no message',
    headers: encoding('identity'),
    data: () => Buffer.alloc(0),
    allowed: ['UNIMPLEMENTED'],
  },
]

export const malformedCalls = {
  /** Metadata, tokens and pseudo-headers that are too many, too large or malformed. */
  headers: {
    title: 'metadata and tokens too large, too many, doubled',
    share: 0.03,
    pace: 0.2,
    // A separate connection for each call: the answer to a call of a megabyte must not end another call.
    run: callsOf(headerRows, 1),
  },
  /** Messages of another size or number than announced, or with another compression. */
  compression: {
    title: 'bombs, half messages, wrong encodings',
    share: 0.02,
    pace: 0.2,
    run: callsOf(compressionRows, 8),
  },
} as const satisfies Readonly<Record<string, Attack>>

/** Makes random calls from a table, over authenticated connections. */
function callsOf(rows: readonly [Row, ...Row[]], callsPerConnection: number): Attack['run'] {
  return async (context) => {
    const { job } = context
    await context.inParallel(CONNECTIONS, async (random) => {
      let connection: RawConnection | undefined
      for (let call = 0; await context.next(); call++) {
        if (!connection?.isOpen || call % callsPerConnection === 0) {
          connection?.close()
          connection = await RawConnection.authenticated(job)
        }
        const row = random.pick(rows)
        const data = row.data?.(random) ?? framed(purchase('headers'))
        const outcome = (await connection?.call(headersOf(row, job, random), data)) ?? 'NOT LET IN'
        context.judge(outcome, row.allowed, () => row.name)
      }
      connection?.close()
    })
  }
}

function headersOf({ path, headers, contentType }: Row, job: AttackJob, random: Random): readonly Header[] {
  const whole = callHeaders(path?.(random) ?? AUTHORIZE, headers?.(job, random) ?? [bearer(job)])
  if (contentType === undefined) return whole
  return [...whole.filter(([name]) => name !== 'content-type'), ['content-type', contentType]]
}

function changedToken(token: string, random: Random): string {
  const changed = mutated(Buffer.from(token), random).toString('latin1')
  return `Bearer ${changed === token ? `${token}x` : changed}`
}

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
  return `${header}.${token.split('.')[1]}.`
}
