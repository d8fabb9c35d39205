import { connect, type Socket } from 'node:net'
import { endOfReset, statusName } from '../../bench/h2/call-end.js'
import {
  contentOf,
  Flag,
  type Frame,
  FrameReader,
  FrameType,
  PREFACE,
  Setting,
  settingsPayload,
} from '../../bench/h2/frames.js'
import { decodedHeaders, encodedHeaders, type Header } from '../../bench/h2/hpack.js'

/** Longest wait for the end of a call, in milliseconds. */
const ANSWER_MS_MAX = 5_000
/** Room that the server is given for the whole connection, in bytes. */
const CONNECTION_WINDOW = 2 ** 30

export type RawConnectionOptions = {
  readonly host: string
  readonly port: number
  /** Room that the server is given for each stream, in bytes: 0 for one who takes no answer. */
  readonly streamWindow?: number
}

type Waiting = { readonly end: (outcome: string) => void; hasHeaders: boolean }

/**
 * A connection on which anything can be sent, in whatever order. What comes back is read as HTTP/2; it is not expected to make sense of what
 * was sent.
 */
export class RawConnection {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #hasGreeted = false
  /** How the connection ended; undefined while it is open. */
  #closed: string | undefined
  #onPong: () => void = () => {}

  /** Connects and greets. Undefined when the server closes the connection at once. */
  static async open(options: RawConnectionOptions): Promise<RawConnection | undefined> {
    const connection = await RawConnection.silent(options)
    connection?.greet(options.streamWindow)
    return connection
  }

  /** Connects and says nothing. */
  static async silent(options: RawConnectionOptions): Promise<RawConnection | undefined> {
    const { host, port } = options
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

  /** What a well-behaved caller begins with. */
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

  /** False when the other side should have time to take what was sent. */
  write(...parts: readonly Buffer[]): boolean {
    return this.isOpen && this.#socket.write(Buffer.concat(parts))
  }

  /** Waits until what was sent is taken, or the connection is gone. */
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

  /** The number of the next call on this connection. */
  newStreamId(): number {
    const id = this.#nextId
    this.#nextId += 2
    return id
  }

  /** Sends a call, and waits for how it ends: see {@link outcomeOf}. */
  async call(
    headers: readonly Header[],
    data: Buffer = Buffer.alloc(0),
    msMax = ANSWER_MS_MAX,
  ): Promise<string> {
    const streamId = this.newStreamId()
    const outcome = this.outcomeOf(streamId, msMax)
    this.write(headersFrame(streamId, headers), dataFrame(streamId, data, Flag.END_STREAM))
    return await outcome
  }

  /**
   * How a call ends: the name of its gRPC status, `HTTP 415` and the like, the connection's end, or SILENCE when there is none in
   * that time, in milliseconds.
   */
  async outcomeOf(streamId: number, msMax = ANSWER_MS_MAX): Promise<string> {
    if (this.#closed !== undefined) return this.#closed
    return await new Promise<string>((resolve) => {
      const timer = setTimeout(() => end('SILENCE'), msMax)
      const end = (outcome: string) => {
        clearTimeout(timer)
        this.#waiting.delete(streamId)
        resolve(outcome)
      }
      this.#waiting.set(streamId, { end, hasHeaders: false })
    })
  }

  /** Whether the other side still answers: PONG, the connection's end, or SILENCE. */
  async ping(msMax: number): Promise<string> {
    this.write(frameOf({ type: FrameType.PING }, Buffer.alloc(8, 1)))
    return await new Promise<string>((resolve) => {
      const timer = setTimeout(() => end('SILENCE'), msMax)
      const end = (outcome: string) => {
        clearTimeout(timer)
        resolve(outcome)
      }
      this.#onPong = () => end(this.#closed ?? 'PONG')
      if (this.#closed !== undefined) end(this.#closed)
    })
  }

  close(): void {
    this.#lose('CLOSED')
  }

  #received(frame: Frame): void {
    // Before the greeting an answer would break HTTP/2.
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
        this.#goingAway(frame.payload.readUInt32BE(4))
        break
    }
  }

  /** Without an error it is only told to go: what is under way may end. */
  #goingAway(errorCode: number): void {
    if (errorCode !== 0) this.#lose(`GOAWAY ${errorCode}`)
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

/** A frame with the length that it has. */
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

/** Headers as one block, cut into HEADERS and as many CONTINUATION frames as it takes. */
export function headersFrame(streamId: number, headers: readonly Header[], flags = 0): Buffer {
  const block = encodedHeaders(headers)
  const parts: Buffer[] = []
  for (let at = 0; at === 0 || at < block.length; at += 16_384) {
    const isLast = at + 16_384 >= block.length
    const type = at === 0 ? FrameType.HEADERS : FrameType.CONTINUATION
    const ends = isLast ? Flag.END_HEADERS : 0
    parts.push(
      frameOf({ type, flags: ends | (at === 0 ? flags : 0), streamId }, block.subarray(at, at + 16_384)),
    )
  }
  return Buffer.concat(parts)
}

/** Data cut into frames of at most 16 KiB; the last one has the flags. */
export function dataFrame(streamId: number, data: Buffer, flags = 0): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at === 0 || at < data.length; at += 16_384) {
    const isLast = at + 16_384 >= data.length
    parts.push(
      frameOf({ type: FrameType.DATA, flags: isLast ? flags : 0, streamId }, data.subarray(at, at + 16_384)),
    )
  }
  return Buffer.concat(parts)
}
