import { BinaryWriter } from '@bufbuild/protobuf/wire'
import type { BackgroundTurns } from '../../application/engine/background-turns.js'

/**
 * Most bytes of the items of a page. Clients accept messages of 4 MiB by default. A quarter of that is more
 * than a page of a thousand ordinary items has, and is read well within the time of a call.
 */
const ITEMS_BYTES_MAX = 1024 * 1024
/** Most bytes of an item in a page besides its own: tag and length. */
const ITEM_OVERHEAD_BYTES = 5

/** Items read or written in one turn of the event loop: about as much work as a few purchases. */
export const SLICE = 100

export type PageOptions<Item, Message> = {
  /** Most items on the page. */
  readonly limit: number
  readonly write: (item: Item) => Message
  readonly codec: { encode(message: Message, writer: BinaryWriter): BinaryWriter }
  /** Lets purchases go first between two pieces of the page. */
  readonly turns: BackgroundTurns
}

export type Page<Item, Message> = {
  readonly messages: Message[]
  /** The last item of the page. Undefined when no items follow. */
  readonly last: Item | undefined
}

/**
 * Makes a page of the first items. The page ends at its limit of items or bytes, and has at least one item.
 *
 * At most one more item is read, which shows that the list goes on. Other work gets a turn after each {@link
 * SLICE} items.
 */
export async function pageOf<Item, Message>(
  items: Iterable<Item> | AsyncIterable<Item>,
  { limit, write, codec, turns }: PageOptions<Item, Message>,
): Promise<Page<Item, Message>> {
  const messages: Message[] = []
  const writer = new BinaryWriter()
  let last: Item | undefined
  let bytes = 0
  for await (const item of items) {
    if (messages.length === limit) return { messages, last }
    if (messages.length > 0 && messages.length % SLICE === 0) await turns.turn()
    const message = write(item)
    bytes += codec.encode(message, writer).finish().byteLength + ITEM_OVERHEAD_BYTES
    if (bytes > ITEMS_BYTES_MAX && messages.length > 0) return { messages, last }
    messages.push(message)
    last = item
  }
  return { messages, last: undefined }
}
