/** Types of HTTP/2 frames (RFC 9113, 6) that are sent or understood here. */
export const FrameType = {
  DATA: 0,
  HEADERS: 1,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const

export const Flag = {
  /** Of SETTINGS and PING. */
  ACK: 0x1,
  /** Of DATA and HEADERS. */
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const

export const Setting = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
} as const

/** What every frame begins with, in bytes. */
export const FRAME_HEAD_BYTES = 9
/** Largest payload that we take, which is the largest that anybody has to take. */
export const FRAME_PAYLOAD_MAX = 16_384
/** Sent before the first frame. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

export type FrameHead = {
  readonly type: number
  readonly flags: number
  /** 0 for the connection itself. */
  readonly streamId: number
}

export type Frame = FrameHead & {
  /** A view of what was received: whoever needs it later copies it. */
  readonly payload: Buffer
}

const NOTHING = Buffer.alloc(0)

/** Cuts what a socket receives into frames. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  #rest: Buffer = NOTHING

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  /** Takes in more bytes; throws when a frame is larger than it may be. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    while (at + FRAME_HEAD_BYTES <= bytes.length) {
      const length = bytes.readUIntBE(at, 3)
      if (length > FRAME_PAYLOAD_MAX) throw new Error(`a frame of ${length} bytes is larger than was agreed`)
      const start = at + FRAME_HEAD_BYTES
      const end = start + length
      if (end > bytes.length) break
      at = end
      this.#onFrame(frameOf(bytes, { start, end }))
    }
    // The socket reads into the same memory again.
    this.#rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at))
  }
}

function frameOf(bytes: Buffer, { start, end }: { readonly start: number; readonly end: number }): Frame {
  const head = start - FRAME_HEAD_BYTES
  return {
    type: bytes.readUInt8(head + 3),
    flags: bytes.readUInt8(head + 4),
    streamId: bytes.readUInt32BE(head + 5) & 0x7fffffff,
    payload: bytes.subarray(start, end),
  }
}

/** What a DATA or HEADERS frame carries, without padding and priority. */
export function contentOf({ flags, payload }: Frame): Buffer {
  if ((flags & (Flag.PADDED | Flag.PRIORITY)) === 0) return payload
  const padded = (flags & Flag.PADDED) !== 0
  const start = (padded ? 1 : 0) + ((flags & Flag.PRIORITY) !== 0 ? 5 : 0)
  const end = payload.length - (padded ? payload.readUInt8(0) : 0)
  if (end < start) throw new Error('a frame has more padding than payload')
  return payload.subarray(start, end)
}

/** The settings of a SETTINGS frame, by number. */
export function settingsOf({ payload }: Frame): ReadonlyMap<number, number> {
  const settings = new Map<number, number>()
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    settings.set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2))
  }
  return settings
}

/** The payload of a SETTINGS frame. */
export function settingsPayload(settings: readonly (readonly [setting: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * 6)
  settings.forEach(([setting, value], index) => {
    payload.writeUInt16BE(setting, index * 6)
    payload.writeUInt32BE(value, index * 6 + 2)
  })
  return payload
}
