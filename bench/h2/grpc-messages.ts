/** What every message begins with: whether it is compressed, and its length in four bytes. */
const PREFIX_BYTES = 5
/** Largest message that is taken, in bytes. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024

/** A message with its prefix, not compressed. */
export function framedMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length)
  framed[0] = 0
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, PREFIX_BYTES)
  return framed
}

/** Cuts the data of one stream into messages. */
export class MessageReader {
  #rest: Buffer | undefined

  /** Whether the stream may end here: not within a message. */
  get isWhole(): boolean {
    return this.#rest === undefined
  }

  /** Takes in more data and hands on the messages that are complete now, as views of it. */
  push(data: Buffer, listener: { message(message: Buffer): void }): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, data]) : data
    let at = 0
    while (at + PREFIX_BYTES <= bytes.length) {
      const length = bytes.readUInt32BE(at + 1)
      if (bytes[at] !== 0) throw new Error('a message is compressed, which nobody asked for')
      if (length > MESSAGE_BYTES_MAX) throw new Error(`a message of ${length} bytes is too large`)
      const end = at + PREFIX_BYTES + length
      if (end > bytes.length) break
      listener.message(bytes.subarray(at + PREFIX_BYTES, end))
      at = end
    }
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at))
  }
}
