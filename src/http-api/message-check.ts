import { isUtf8 } from 'node:buffer'

/** Bytes before each message of a stream: its flags, and its length. */
const PREFIX_BYTES = 5

/** Describes the fault in the bytes of a message; undefined without one. */
export type MessageCheck = (bytes: Uint8Array) => string | undefined

/** Finds text that is not UTF-8. Connect would replace it. */
export function jsonFault(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? undefined : 'the JSON is not valid UTF-8'
}

export type CheckedMessages = {
  readonly body: AsyncIterable<Uint8Array>
  /** Whether each message has a prefix, as in streams and in gRPC-web. */
  readonly isPrefixed: boolean
  /** Messages of more bytes are left to Connect, which rejects them unread. */
  readonly bytesMax: number
  readonly check: MessageCheck
  /** Makes the error that ends the body. */
  readonly errorOf: (fault: string) => Error
}

/**
 * Passes a body on, and checks each of its messages first. A message that is cut off or too large is passed
 * on unchecked, for Connect to report.
 *
 * @throws the error of `errorOf` at the first message with a fault.
 */
export async function* checkMessages(messages: CheckedMessages): AsyncGenerator<Uint8Array> {
  const { body, isPrefixed, bytesMax } = messages
  let waiting: Buffer = Buffer.alloc(0)
  for await (const chunk of body) {
    waiting = Buffer.concat([waiting, chunk])
    for (const message of isPrefixed ? prefixedMessages(waiting) : []) {
      checkOne(message.subarray(PREFIX_BYTES), messages)
      yield message
      waiting = waiting.subarray(message.length)
    }
    if (waiting.length > bytesMax + PREFIX_BYTES) break
  }
  if (!isPrefixed) checkOne(waiting, messages)
  yield waiting
}

/** The whole messages at the start of the bytes, each with its prefix. */
function* prefixedMessages(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start + PREFIX_BYTES <= bytes.length; ) {
    const end = start + PREFIX_BYTES + bytes.readUInt32BE(start + 1)
    if (end > bytes.length) return
    yield bytes.subarray(start, end)
    start = end
  }
}

function checkOne(message: Buffer, { bytesMax, check, errorOf }: CheckedMessages): void {
  const fault = message.length > bytesMax ? undefined : check(message)
  if (fault !== undefined) throw errorOf(fault)
}
