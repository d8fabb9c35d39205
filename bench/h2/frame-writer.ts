import { FRAME_HEAD_BYTES, type FrameHead } from './frames.js'

/** Memory is taken in pieces of this many bytes. */
const PIECE_BYTES = 64 * 1024

/** Collects the frames of one turn of the event loop, and hands them over as one: a system call costs more than a frame. */
export class FrameWriter {
  readonly #write: (bytes: Buffer) => void
  #piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
  #start = 0
  #end = 0
  #isDue = false

  /** What is given to `write` is not touched again. */
  constructor(write: (bytes: Buffer) => void) {
    this.#write = write
  }

  frame({ type, flags, streamId }: FrameHead, payload: Uint8Array): void {
    this.#reserve(FRAME_HEAD_BYTES + payload.length)
    const piece = this.#piece
    const at = this.#end
    const length = payload.length
    piece[at] = length >>> 16
    piece[at + 1] = length >>> 8
    piece[at + 2] = length
    piece[at + 3] = type
    piece[at + 4] = flags
    piece.writeUInt32BE(streamId, at + 5)
    piece.set(payload, at + FRAME_HEAD_BYTES)
    this.#end = at + FRAME_HEAD_BYTES + length
    this.#flushSoon()
  }

  /** Bytes that are no frame. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#piece.set(bytes, this.#end)
    this.#end += bytes.length
    this.#flushSoon()
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#piece.length) return
    this.#flush()
    this.#piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, bytes))
    this.#start = 0
    this.#end = 0
  }

  /** After whatever is running has run: everybody who has something to say in answer to one chunk has said it by then. */
  #flushSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    process.nextTick(this.#flushDue)
  }

  readonly #flushDue = (): void => {
    this.#isDue = false
    this.#flush()
  }

  #flush(): void {
    if (this.#end === this.#start) return
    const bytes = this.#piece.subarray(this.#start, this.#end)
    this.#start = this.#end
    this.#write(bytes)
  }
}
