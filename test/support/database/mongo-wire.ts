/** A message of MongoDB's wire protocol, with all of its bytes. */
export type WireMessage = {
  readonly bytes: Buffer
  readonly id: number
  /** In a reply: the id of the request. */
  readonly answers: number
  /** In a request: its command; undefined in the old handshake, and in replies that do not matter. */
  readonly command: MongoCommand | undefined
}

/** The command of a request. */
export type MongoCommand = {
  /** Such as `findAndModify`. */
  readonly name: string
  /** The collection, if the command names one. */
  readonly collection: string | undefined
}

const HEADER_BYTES = 16
const OP_MSG = 2013
/** Section of an OP_MSG that holds the command itself. */
const BODY = 0
const BSON_STRING = 2

/** Splits a stream of bytes into messages. */
export class WireReader {
  #rest = Buffer.alloc(0)

  /** Adds bytes and returns the messages that are now complete. */
  push(chunk: Buffer): readonly WireMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const messages: WireMessage[] = []
    while (this.#rest.length >= HEADER_BYTES) {
      const length = this.#rest.readInt32LE(0)
      if (this.#rest.length < length) break
      messages.push(messageOf(this.#rest.subarray(0, length)))
      this.#rest = this.#rest.subarray(length)
    }
    return messages
  }
}

function messageOf(bytes: Buffer): WireMessage {
  const opCode = bytes.readInt32LE(12)
  const command = opCode === OP_MSG ? commandOf(bytes) : undefined
  return { bytes, id: bytes.readInt32LE(4), answers: bytes.readInt32LE(8), command }
}

/**
 * The first field of the body: the name of the command, with the collection as its value. The driver sends
 * the body first.
 */
function commandOf(bytes: Buffer): MongoCommand | undefined {
  const section = HEADER_BYTES + 4
  if (bytes[section] !== BODY) return undefined
  const element = section + 1 + 4
  const nameEnd = bytes.indexOf(0, element + 1)
  const name = bytes.toString('utf8', element + 1, nameEnd)
  if (bytes[element] !== BSON_STRING) return { name, collection: undefined }
  const text = nameEnd + 1 + 4
  return { name, collection: bytes.toString('utf8', text, bytes.indexOf(0, text)) }
}
