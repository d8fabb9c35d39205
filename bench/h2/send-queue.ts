import type { FrameWriter } from './frame-writer.js'
import { Flag, type Frame, FrameType, Setting, settingsOf } from './frames.js'
import type { GrpcStream } from './grpc-stream.js'

/** Window of a connection, and of a stream until SETTINGS say otherwise, in bytes (RFC 9113, 6.9.2). */
export const WINDOW_DEFAULT = 65_535

/** A message that is to be sent, with its prefix; with `last`, nothing follows it. */
export type Sending = { readonly stream: GrpcStream; readonly message: Buffer; readonly last: boolean }

/** Writes headers and messages as the server has room for them, whole and in order: what has to wait is written first later. */
export class SendQueue {
  readonly #writer: FrameWriter
  readonly #streams: Map<number, GrpcStream>
  #waiting: Sending[] = []
  #nextId = 1
  #window = WINDOW_DEFAULT
  #streamWindow = WINDOW_DEFAULT
  #streamsMax = Number.POSITIVE_INFINITY

  /** Adds every stream to `streams` as it begins. */
  constructor(writer: FrameWriter, streams: Map<number, GrpcStream>) {
    this.#writer = writer
    this.#streams = streams
  }

  send(sending: Sending): void {
    const mustWait = this.#waiting.length > 0 || !this.#hasRoomFor(sending)
    // Its memory is the caller's again when we return.
    if (mustWait) this.#waiting.push({ ...sending, message: Buffer.from(sending.message) })
    else this.#write(sending)
  }

  /** Writes what has waited, as far as there is room now. */
  flush(): void {
    let written = 0
    for (const sending of this.#waiting) {
      if (!sending.stream.hasEnded && !this.#hasRoomFor(sending)) break
      if (!sending.stream.hasEnded) this.#write(sending)
      written++
    }
    if (written > 0) this.#waiting = this.#waiting.slice(written)
  }

  /** Takes in the server's settings. */
  settings(frame: Frame): void {
    const settings = settingsOf(frame)
    this.#streamsMax = settings.get(Setting.MAX_CONCURRENT_STREAMS) ?? this.#streamsMax
    const window = settings.get(Setting.INITIAL_WINDOW_SIZE) ?? this.#streamWindow
    for (const stream of this.#streams.values()) stream.sendWindow += window - this.#streamWindow
    this.#streamWindow = window
    this.flush()
  }

  /** Takes in that the server has more room. */
  windowUpdate({ streamId, payload }: Frame): void {
    const bytes = payload.readUInt32BE(0) & 0x7fffffff
    const stream = this.#streams.get(streamId)
    if (streamId === 0) this.#window += bytes
    else if (stream) stream.sendWindow += bytes
    this.flush()
  }

  /** The calls that wait and were never begun; nothing waits from then on. */
  abandon(): readonly GrpcStream[] {
    const abandoned = this.#waiting.map(({ stream }) => stream).filter(({ id }) => id === 0)
    this.#waiting = []
    return abandoned
  }

  #hasRoomFor({ stream, message }: Sending): boolean {
    const isNew = stream.id === 0
    if (isNew && this.#streams.size >= this.#streamsMax) return false
    const streamWindow = isNew ? this.#streamWindow : stream.sendWindow
    return message.length <= this.#window && message.length <= streamWindow
  }

  #write({ stream, message, last }: Sending): void {
    if (stream.id === 0) this.#begin(stream)
    const flags = last ? Flag.END_STREAM : 0
    this.#writer.frame({ type: FrameType.DATA, flags, streamId: stream.id }, message)
    this.#window -= message.length
    stream.sendWindow -= message.length
  }

  #begin(stream: GrpcStream): void {
    stream.id = this.#nextId
    stream.sendWindow = this.#streamWindow
    this.#nextId += 2
    this.#streams.set(stream.id, stream)
    const head = { type: FrameType.HEADERS, flags: Flag.END_HEADERS, streamId: stream.id }
    this.#writer.frame(head, stream.headers)
  }
}
