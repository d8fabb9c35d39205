/** What an answer to a purchase says, as far as it is looked at here. */
export type Answer = {
  readonly transactionId: string
  readonly code: string
  /** Number of the reason. */
  readonly reason: number
  readonly category: string
  readonly replayed: boolean
}

/** An answer on a stream: one or the other of the last two. */
export type StreamAnswer = {
  readonly transactionId: string
  readonly answer: Answer | undefined
  readonly error: { readonly status: number; readonly message: string } | undefined
}

/** Where a message is read, and up to where. */
type Cursor = { readonly bytes: Buffer; at: number; readonly end: number }

/** Reads an AuthorizeResponse. The generated code reads all of its fields, which costs several times as much. */
export function readAnswer(bytes: Buffer): Answer {
  return answerAt({ bytes, at: 0, end: bytes.length })
}

/** Reads an AuthorizeStreamResponse. */
export function readStreamAnswer(bytes: Buffer): StreamAnswer {
  const cursor = { bytes, at: 0, end: bytes.length }
  let transactionId = ''
  let answer: Answer | undefined
  let error: StreamAnswer['error']
  while (cursor.at < cursor.end) {
    const tag = varint(cursor)
    if (tag === 0x12) transactionId = text(cursor)
    else if (tag === 0x1a) answer = answerAt(within(cursor))
    else if (tag === 0x22) error = errorAt(within(cursor))
    else skip(cursor, tag)
  }
  return { transactionId, answer, error }
}

function answerAt(cursor: Cursor): Answer {
  let transactionId = ''
  let code = ''
  let reason = 0
  let category = ''
  let replayed = false
  while (cursor.at < cursor.end) {
    const tag = varint(cursor)
    if (tag === 0x0a) transactionId = text(cursor)
    else if (tag === 0x12) code = text(cursor)
    else if (tag === 0x20) reason = varint(cursor)
    else if (tag === 0x32) category = text(cursor)
    else if (tag === 0x50) replayed = varint(cursor) !== 0
    else skip(cursor, tag)
  }
  return { transactionId, code, reason, category, replayed }
}

/** A google.rpc.Status without its details. */
function errorAt(cursor: Cursor): { readonly status: number; readonly message: string } {
  let status = 0
  let message = ''
  while (cursor.at < cursor.end) {
    const tag = varint(cursor)
    if (tag === 0x08) status = varint(cursor)
    else if (tag === 0x12) message = text(cursor, 'utf8')
    else skip(cursor, tag)
  }
  return { status, message }
}

/** A number of up to 64 bits; exact up to 2^53, which tags, lengths and enums never reach. */
function varint(cursor: Cursor): number {
  let value = 0
  for (let factor = 1; factor < 2 ** 70; factor *= 128) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined || cursor.at > cursor.end) throw new Error('a message ends within a number')
    value += (byte & 0x7f) * factor
    if (byte < 128) return value
  }
  throw new Error('a number in a message has more than ten bytes')
}

/** Ids, codes and categories are ASCII, and latin1 is read fastest. */
function text(cursor: Cursor, encoding: 'latin1' | 'utf8' = 'latin1'): string {
  const { at, end } = within(cursor)
  return cursor.bytes.toString(encoding, at, end)
}

/** The field of a given length that begins here; the cursor is put behind it. */
function within(cursor: Cursor): Cursor {
  const length = varint(cursor)
  const at = cursor.at
  cursor.at += length
  if (cursor.at > cursor.end) throw new Error('a message ends within a field')
  return { bytes: cursor.bytes, at, end: cursor.at }
}

function skip(cursor: Cursor, tag: number): void {
  switch (tag & 7) {
    case 0:
      varint(cursor)
      break
    case 1:
      cursor.at += 8
      break
    case 2:
      within(cursor)
      break
    case 5:
      cursor.at += 4
      break
    default:
      throw new Error(`a message has a field of wire type ${tag & 7}`)
  }
}
