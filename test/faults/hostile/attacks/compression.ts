import { deflateSync, gzipSync } from 'node:zlib'
import type { Random } from '../../../../tools/random.js'
import type { Attack } from '../attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from '../calls.js'
import { mutated } from '../mutation.js'
import { RawLine } from '../raw-line.js'

const CONNECTIONS = 8
/** As much as fits into a message once it is compressed, in bytes. */
const BOMB_BYTES = 15 * 1024 * 1024

const bombs = [gzipSync(Buffer.alloc(BOMB_BYTES)), deflateSync(Buffer.alloc(BOMB_BYTES))] as const

type CompressedCase = {
  readonly name: string
  readonly encoding: string
  readonly data: (random: Random) => Buffer
  readonly allowed: ReadonlySet<string>
}

const answered = ['OK', 'ALREADY_EXISTS', 'INVALID_ARGUMENT']
/** What gRPC ends with that cannot be unpacked. */
const notUnpacked = 'INTERNAL'

const cases: readonly [CompressedCase, ...CompressedCase[]] = [
  {
    name: 'a bomb by gzip',
    encoding: 'gzip',
    data: () => framed(bombs[0], 1),
    allowed: new Set(['RESOURCE_EXHAUSTED']),
  },
  {
    name: 'a bomb by deflate',
    encoding: 'deflate',
    data: () => framed(bombs[1], 1),
    allowed: new Set(['RESOURCE_EXHAUSTED']),
  },
  {
    name: 'a purchase by gzip',
    encoding: 'gzip',
    data: (random) => framed(gzipSync(purchase(`z${random.below(50_000)}`)), 1),
    allowed: new Set(answered),
  },
  {
    name: 'gzip with bytes changed',
    encoding: 'gzip',
    data: (random) => framed(mutated(gzipSync(purchase('z')), random), 1),
    allowed: new Set([...answered, notUnpacked]),
  },
  {
    name: 'what is not compressed, called compressed',
    encoding: 'gzip',
    data: () => framed(purchase('z'), 1),
    allowed: new Set([notUnpacked]),
  },
  {
    name: 'an encoding that nobody knows',
    encoding: 'br',
    data: () => framed(purchase('z'), 1),
    allowed: new Set(['UNIMPLEMENTED']),
  },
  {
    name: 'a flag that nobody knows',
    encoding: 'identity',
    data: (random) => framed(purchase('z'), 2 + random.below(254)),
    allowed: new Set([...answered, notUnpacked]),
  },
  {
    name: 'a length of 4 GiB',
    encoding: 'identity',
    data: () => Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]),
    allowed: new Set(['RESOURCE_EXHAUSTED']),
  },
  {
    name: 'three thousand empty messages',
    encoding: 'identity',
    data: () => Buffer.alloc(16_000),
    allowed: new Set(['UNIMPLEMENTED']),
  },
  {
    name: 'half a message',
    encoding: 'identity',
    data: () => framed(purchase('z')).subarray(0, 8),
    allowed: new Set(['UNIMPLEMENTED']),
  },
  {
    name: 'no message',
    encoding: 'identity',
    data: () => Buffer.alloc(0),
    allowed: new Set(['UNIMPLEMENTED']),
  },
]

/** Messages that are larger, fewer or more than they say, or not compressed as they say. */
export const compression: Attack = async (context) => {
  const { job, tally } = context
  await context.inParallel(CONNECTIONS, async (random) => {
    const line = new RawLine({ context, callsMax: 8 })
    while (await context.next()) {
      const { name, encoding, data, allowed } = random.pick(cases)
      const headers = callHeaders(AUTHORIZE, [bearer(job), ['grpc-encoding', encoding]])
      tally.judge(await line.call(headers, data(random)), allowed, () => name)
    }
    line.close()
  })
}
