import { decodedHeaders, type Header } from './hpack.js'

/** How a call ended. */
export type CallEnd = {
  /** Number of the gRPC status; NO_ANSWER when the connection broke first, or takes no more calls. */
  readonly status: number
  readonly message: string
  /** The server has done nothing with the call, and says so: it can be sent anew, elsewhere. */
  readonly isUntouched?: true
}

/** Not a status of gRPC: the server said nothing. */
export const NO_ANSWER = -1

/** Statuses of gRPC in the order of their numbers. */
const names = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

export type StatusName = (typeof names)[number]

/** Name of a status, such as RESOURCE_EXHAUSTED. */
export function statusName(status: number): string {
  return status === NO_ANSWER ? 'NO_ANSWER' : (names[status] ?? `STATUS_${status}`)
}

/** Number of the status with that name. */
export function statusCalled(name: StatusName): number {
  return names.indexOf(name)
}

/** The reset that says that a stream was not looked at (RFC 9113, 8.7). */
const REFUSED_STREAM = 7

/** What stands for a reset of a stream with REFUSED_STREAM, CANCEL and ENHANCE_YOUR_CALM. */
const resets: ReadonlyMap<number, StatusName> = new Map([
  [REFUSED_STREAM, 'UNAVAILABLE'],
  [8, 'CANCELLED'],
  [11, 'RESOURCE_EXHAUSTED'],
])

/** What a reset of a stream stands for in gRPC. */
export function endOfReset(errorCode: number): CallEnd {
  const status = statusCalled(resets.get(errorCode) ?? 'INTERNAL')
  const end = { status, message: `the server reset the stream with error ${errorCode}` }
  return errorCode === REFUSED_STREAM ? { ...end, isUntouched: true } : end
}

/**
 * Reads the headers and trailers of responses. Most are the same byte for byte as the ones before them, and no block depends on
 * another, so the last one of each kind is kept with what it says.
 */
export class ResponseHeaders {
  #headers = { block: Buffer.alloc(0), error: undefined as CallEnd | undefined }
  #trailers = { block: Buffer.alloc(0), end: { status: NO_ANSWER, message: '' } as CallEnd }

  /** What is wrong with a response that begins so; undefined when it can go on. */
  errorOf(block: Buffer): CallEnd | undefined {
    if (!block.equals(this.#headers.block)) {
      this.#headers = { block: Buffer.from(block), error: errorIn(decodedHeaders(block)) }
    }
    return this.#headers.error
  }

  endOf(block: Buffer): CallEnd {
    if (!block.equals(this.#trailers.block)) {
      this.#trailers = { block: Buffer.from(block), end: endIn(decodedHeaders(block)) }
    }
    return this.#trailers.end
  }
}

function errorIn(headers: readonly Header[]): CallEnd | undefined {
  const status = headerNamed(headers, ':status')
  if (status === '200') return undefined
  return { status: statusCalled('UNKNOWN'), message: `HTTP status ${status}` }
}

function endIn(headers: readonly Header[]): CallEnd {
  const error = headerNamed(headers, ':status') === undefined ? undefined : errorIn(headers)
  const status = headerNamed(headers, 'grpc-status')
  if (status === undefined) return error ?? { status: statusCalled('UNKNOWN'), message: 'no grpc-status' }
  if (!/^\d{1,3}$/.test(status)) return { status: statusCalled('UNKNOWN'), message: `grpc-status ${status}` }
  return { status: Number(status), message: unescaped(headerNamed(headers, 'grpc-message') ?? '') }
}

function headerNamed(headers: readonly Header[], name: string): string | undefined {
  return headers.find((header) => header[0] === name)?.[1]
}

/** gRPC escapes what is not printable ASCII as in a URL. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
