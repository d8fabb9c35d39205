import { Flag, FrameType, PREFACE, Setting, settingsPayload } from '../../../../bench/h2/frames.js'
import type { Random } from '../../../../tools/random.js'
import type { Attack, AttackContext } from '../attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from '../calls.js'
import { mutated } from '../mutation.js'
import { dataFrame, frameOf, headersFrame, RawConnection } from '../raw-connection.js'

const CONNECTIONS = 16
/** Most frames on one connection. */
const FRAMES_MAX = 12
/** Share of frames whose bytes are changed, not only their place. */
const CHANGED = 0.6
/** Longest wait for a response, in milliseconds. A service that waits for the rest of a frame gives none. */
const PONG_MS_MAX = 250

/** The service may close the connection, continue, or wait for the rest of a frame. */
const proper = ['PONG', 'CLOSED', 'SILENCE', ...goaways()]

/** HTTP/2 by a caller with a valid token, in random order and with random bytes changed. */
export const frames: Attack = {
  title: 'HTTP/2 frames with bytes and places changed',
  share: 0.2,
  pace: 0.8,
  run: (context) =>
    context.inParallel(CONNECTIONS, async (random) => {
      while (await context.next()) await oneConnection(context, random)
    }),
}

async function oneConnection(context: AttackContext, random: Random): Promise<void> {
  const { job } = context
  const connection = await RawConnection.open(job.target)
  if (!connection) {
    context.ended('NOT LET IN')
    return
  }
  const known = await connection.call(callHeaders(AUTHORIZE, [bearer(job)]), framed(purchase('frames')))
  if (known !== 'OK') context.judge(`a valid call: ${known}`, [], () => 'before any hostile frame')
  const sent: Buffer[] = []
  do {
    const frame = anyFrame(context, connection, random)
    sent.push(random.chance(CHANGED) ? mutated(frame, random) : frame)
    connection.write(sent.at(-1) ?? Buffer.alloc(0))
    // Each frame counts, though only the last one on a connection can be judged.
    if (sent.length > 1) context.ended('AMONG OTHERS')
  } while (sent.length < FRAMES_MAX && connection.isOpen && random.chance(0.85) && (await context.next()))
  const outcome = await connection.ping(PONG_MS_MAX)
  context.judge(outcome, proper, () => Buffer.concat(sent).toString('hex').slice(0, 400))
  connection.close()
}

type Make = (streamId: number, context: AttackContext, random: Random) => Buffer

const makers: readonly [Make, ...Make[]] = [
  (streamId, { job }) => headersFrame(streamId, callHeaders(AUTHORIZE, [bearer(job)])),
  (streamId, { job }) => headersFrame(streamId, callHeaders(AUTHORIZE, [bearer(job)]), Flag.END_STREAM),
  (streamId) => dataFrame(streamId, framed(purchase('frames')), Flag.END_STREAM),
  (streamId) => dataFrame(streamId, framed(purchase('frames')).subarray(0, 9)),
  (streamId) => frameOf({ type: FrameType.DATA, flags: Flag.PADDED, streamId }, Buffer.from([200, 1, 2, 3])),
  (streamId, _, random) => frameOf({ type: FrameType.RST_STREAM, streamId }, uint32(random.below(20))),
  (streamId, _, random) =>
    frameOf({ type: FrameType.WINDOW_UPDATE, streamId }, uint32(random.below(2 ** 31))),
  (_, __, random) => frameOf({ type: FrameType.WINDOW_UPDATE }, uint32(random.below(2 ** 31))),
  (_, __, random) => frameOf({ type: FrameType.SETTINGS }, anySettings(random)),
  () => frameOf({ type: FrameType.SETTINGS, flags: Flag.ACK }),
  () => frameOf({ type: FrameType.PING }, Buffer.alloc(8)),
  (streamId) => frameOf({ type: 2, streamId }, Buffer.from([0x80, 0, 0, 0, 0xff])),
  (streamId) => frameOf({ type: FrameType.CONTINUATION, streamId, flags: Flag.END_HEADERS }, Buffer.of(0x82)),
  (streamId) => frameOf({ type: FrameType.PUSH_PROMISE, streamId }, uint32(2)),
  () => frameOf({ type: FrameType.GOAWAY }, Buffer.concat([uint32(0), uint32(0)])),
  (streamId, _, random) => frameOf({ type: random.below(256), streamId }, Buffer.alloc(random.below(40))),
  (streamId, _, random) =>
    frameOf({ type: FrameType.HEADERS, streamId, flags: Flag.END_HEADERS }, anyBytes(random, 60)),
  (streamId) => frameOf({ type: FrameType.HEADERS, streamId }, Buffer.of(0x83)),
  () => PREFACE,
]

function anyFrame(context: AttackContext, connection: RawConnection, random: Random): Buffer {
  // Mostly the next stream, or an earlier one; sometimes an impossible one.
  const streamId = random.chance(0.6) ? connection.newStreamId() : random.below(40)
  return random.pick(makers)(streamId, context, random)
}

function anySettings(random: Random): Buffer {
  const setting = () => [random.between({ min: 0, max: 9 }), random.below(2 ** 32)] as const
  return settingsPayload([setting(), [Setting.INITIAL_WINDOW_SIZE, random.below(2 ** 32)], setting()])
}

function anyBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length: random.below(length) }, () => random.below(256)))
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Every error of HTTP/2. */
function goaways(): readonly string[] {
  return Array.from({ length: 14 }, (_, code) => `GOAWAY ${code}`)
}
