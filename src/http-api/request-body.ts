import type { IncomingMessage } from 'node:http'

/** Time for the body of a request that is not a stream, in milliseconds. */
export const BODY_MS_MAX = 10_000

/** Thrown when a body is too large, too slow, or cut off. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
}

/**
 * Reads a whole body.
 *
 * @throws BodyError when it has more bytes, takes longer than {@link BODY_MS_MAX}, or is cut off.
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    const fail = (problem: string) => reject(new BodyError(problem))
    const timer = setTimeout(() => fail(`the body took more than ${BODY_MS_MAX} ms`), BODY_MS_MAX)
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > bytesMax) fail(`the body is larger than ${bytesMax} bytes`)
      else chunks.push(chunk)
    })
    request.once('end', resolve)
    request.once('close', () => {
      clearTimeout(timer)
      fail('the body is cut off')
    })
  })
  return Buffer.concat(chunks)
}

/** Calls `onLate` when the body has not arrived within {@link BODY_MS_MAX}. */
export function limitBodyTime(request: IncomingMessage, onLate: () => void): void {
  const timer = setTimeout(onLate, BODY_MS_MAX)
  for (const event of ['end', 'close']) request.once(event, () => clearTimeout(timer))
}
