import { connect, type Socket } from 'node:net'
import { endOfReset, statusName } from '../../../bench/h2/call-end.js'
import {
  contentOf,
  Flag,
  FRAME_PAYLOAD_MAX,
  type Frame,
  FrameReader,
  FrameType,
  PREFACE,
  Setting,
  settingsPayload,
} from '../../../bench/h2/frames.js'
import { decodedHeaders, encodedHeaders, type Header } from '../../../bench/h2/hpack.js'
import type { AttackJob } from './attack.js'
import { AUTHORIZE, bearer, callHeaders, framed, purchase } from './calls.js'

/** Longest wait for the end of a call, in milliseconds. */
const ANSWER_MS_MAX = 5_000
/** Flow-control window for the whole connection, in bytes. */
const CONNECTION_WINDOW = 2 ** 30

type Target = AttackJob['target']

type Waiting = { readonly end: (outcome: string) => void }

/** A connection that can send anything in any order. It reads all responses as HTTP/2. */
export class RawConnection {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #hasGreeted = false
  /** The end of the connection; undefined while it is open. */
  #closed: string | undefined
  #onPong: () => void = () => {}

  /**
   * Connects and sends the preface. Undefined when the server closes the connection at once.
   *
   * @param streamWindow Flow-control window for each stream, in bytes.
   */
  static async open(target: Target, streamWindow?: number): Promise<RawConnection | undefined> {
    const connection = await RawConnection.silent(target)
    connection?.greet(streamWindow)
    return connection
  }

  /** Connects, sends the preface, and makes one call with a valid token. */
  static async authenticated(job: Pick<AttackJob, 'target' | 'token'>): Promise<RawConnection | undefined> {
    const connection = await RawConnection.open(job.target)
    await connection?.call(callHeaders(AUTHORIZE, [bearer(job)]), framed(purchase('known')))
    return connection
  }

  /** Connects and sends nothing. */
  static async silent({ host, port }: Target): Promise<RawConnection | undefined> {
    const socket = connect({ host, port, noDelay: true })
    const connection = new RawConnection(socket)
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(connection))
      socket.once('close', () => resolve(undefined))
    })
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    const reader = new FrameReader((frame) => this.#received(frame))
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk)
      } catch {
        this.#lose('UNREADABLE')
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => this.#lose('CLOSED'))
  }

  get isOpen(): boolean {
    return this.#closed === undefined
  }

  /** Sends the preface and the settings. */
  greet(streamWindow = 65_535): void {
    this.#hasGreeted = true
    const settings = settingsPayload([
      [Setting.HEADER_TABLE_SIZE, 0],
      [Setting.ENABLE_PUSH, 0],
      [Setting.INITIAL_WINDOW_SIZE, streamWindow],
    ])
    const room = Buffer.alloc(4)
    room.writeUInt32BE(CONNECTION_WINDOW)
    this.write(
      PREFACE,
      frameOf({ type: FrameType.SETTINGS }, settings),
      frameOf({ type: FrameType.WINDOW_UPDATE }, room),
    )
  }

  /** False when the sender should wait until the other side has read more. */
  write(...parts: readonly Buffer[]): boolean {
    return this.isOpen && this.#socket.write(Buffer.concat(parts))
  }

  /** Waits until the other side has read everything, or the connection is closed. */
  async untilTaken(): Promise<void> {
    if (!this.isOpen || !this.#socket.writableNeedDrain) return
    await new Promise<void>((resolve) => {
      const end = () => {
        this.#socket.off('drain', end)
        this.#socket.off('close', end)
        resolve()
      }
      this.#socket.on('drain', end)
      this.#socket.on('close', end)
    })
  }

  /** The id of the next call on this connection. */
  newStreamId(): number {
    const id = this.#nextId
    this.#nextId += 2
    return id
  }

  /** Sends a call, and waits for its outcome: see {@link outcomeOf}. */
  async call(headers: readonly Header[], data: Buffer = Buffer.alloc(0), msMax?: number): Promise<string> {
    const streamId = this.newStreamId()
    const outcome = this.outcomeOf(streamId, msMax)
    this.write(headersFrame(streamId, headers), dataFrame(streamId, data, Flag.END_STREAM))
    return await outcome
  }

  /**
   * The outcome of a call: its gRPC status, `HTTP 415` and similar, the end of the connection, or SILENCE.
   */
  async outcomeOf(streamId: number, msMax = ANSWER_MS_MAX): Promise<string> {
    const { promise, end } = this.#waitFor(msMax)
    this.#waiting.set(streamId, { end })
    return await promise.finally(() => this.#waiting.delete(streamId))
  }

  /** Whether the other side still answers: PONG, the end of the connection, or SILENCE. */
  async ping(msMax: number): Promise<string> {
    const { promise, end } = this.#waitFor(msMax)
    this.#onPong = () => end(this.#closed ?? 'PONG')
    this.write(frameOf({ type: FrameType.PING }, Buffer.alloc(8, 1)))
    return await promise
  }

  close(): void {
    this.#lose('CLOSED')
  }

  /** Waits for an outcome: SILENCE after that time, or the end of the connection. */
  #waitFor(msMax: number): { readonly promise: Promise<string>; readonly end: (outcome: string) => void } {
    let end = (_: string) => {}
    const promise = new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve('SILENCE'), msMax)
      end = (outcome) => {
        clearTimeout(timer)
        resolve(outcome)
      }
    })
    if (this.#closed !== undefined) end(this.#closed)
    return { promise, end }
  }

  #received(frame: Frame): void {
    // Before the preface an answer would violate HTTP/2.
    if (!this.#hasGreeted) return
    const waiting = this.#waiting.get(frame.streamId)
    switch (frame.type) {
      case FrameType.SETTINGS:
        if (!(frame.flags & Flag.ACK)) this.write(frameOf({ type: FrameType.SETTINGS, flags: Flag.ACK }))
        break
      case FrameType.PING:
        if (frame.flags & Flag.ACK) this.#onPong()
        else this.write(frameOf({ type: FrameType.PING, flags: Flag.ACK }, Buffer.from(frame.payload)))
        break
      case FrameType.HEADERS:
        if (waiting) receivedHeaders(waiting, frame)
        break
      case FrameType.RST_STREAM:
        waiting?.end(statusName(endOfReset(frame.payload.readUInt32BE(0)).status))
        break
      case FrameType.GOAWAY:
        // Without an error, calls in flight may still end.
        if (frame.payload.readUInt32BE(4) !== 0) this.#lose(`GOAWAY ${frame.payload.readUInt32BE(4)}`)
        break
    }
  }

  #lose(outcome: string): void {
    if (this.#closed !== undefined) return
    this.#closed = outcome
    this.#socket.destroy()
    for (const { end } of this.#waiting.values()) end(outcome)
    this.#onPong()
  }
}

function receivedHeaders(waiting: Waiting, frame: Frame): void {
  const headers = new Map(decodedHeaders(contentOf(frame)))
  const httpStatus = headers.get(':status')
  if (httpStatus !== undefined && httpStatus !== '200') waiting.end(`HTTP ${httpStatus}`)
  else if (frame.flags & Flag.END_STREAM) waiting.end(statusName(Number(headers.get('grpc-status'))))
}

/** A frame with its length. */
export function frameOf(
  head: { readonly type: number; readonly flags?: number; readonly streamId?: number },
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const { type, flags = 0, streamId = 0 } = head
  const bytes = Buffer.alloc(9)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes.writeUInt8(type, 3)
  bytes.writeUInt8(flags, 4)
  bytes.writeUInt32BE(streamId, 5)
  return Buffer.concat([bytes, payload])
}

/** Headers as one block, split into HEADERS and as many CONTINUATION frames as needed. */
export function headersFrame(streamId: number, headers: readonly Header[], flags = 0): Buffer {
  return cut(encodedHeaders(headers), (payload, { isFirst, isLast }) => {
    const type = isFirst ? FrameType.HEADERS : FrameType.CONTINUATION
    const own = (isLast ? Flag.END_HEADERS : 0) | (isFirst ? flags : 0)
    return frameOf({ type, flags: own, streamId }, payload)
  })
}

/** Data split into frames; the last one has the flags. */
export function dataFrame(streamId: number, data: Buffer, flags = 0): Buffer {
  return cut(data, (payload, { isLast }) =>
    frameOf({ type: FrameType.DATA, flags: isLast ? flags : 0, streamId }, payload),
  )
}

type Cut = (payload: Buffer, place: { readonly isFirst: boolean; readonly isLast: boolean }) => Buffer

/** Splits bytes into payloads that any peer must accept; at least one. */
function cut(bytes: Buffer, frame: Cut): Buffer {
  const count = Math.max(1, Math.ceil(bytes.length / FRAME_PAYLOAD_MAX))
  const frames = Array.from({ length: count }, (_, index) => {
    const start = index * FRAME_PAYLOAD_MAX
    const place = { isFirst: index === 0, isLast: index === count - 1 }
    return frame(bytes.subarray(start, start + FRAME_PAYLOAD_MAX), place)
  })
  return Buffer.concat(frames)
}
