import type { Header } from '../../bench/h2/hpack.js'
import type { AttackJob } from './job.js'

export const AUTHORIZE = '/benefits.v1.AuthorizationService/Authorize'
export const AUTHORIZE_STREAM = '/benefits.v1.AuthorizationService/AuthorizeStream'
export const HEALTH_CHECK = '/grpc.health.v1.Health/Check'
export const HEALTH_WATCH = '/grpc.health.v1.Health/Watch'
export const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'

/** The headers of a call, as every client of gRPC sends them. */
export function callHeaders(path: string, more: readonly Header[] = []): readonly Header[] {
  return [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'authorizer'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...more,
  ]
}

export function bearer({ token }: Pick<AttackJob, 'token'>): Header {
  return ['authorization', `Bearer ${token}`]
}

/** A message behind the five bytes that gRPC puts before it. */
export function framed(message: Buffer, flag = 0): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flag, 0)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** A purchase that is well formed, of an account that nobody has opened. */
export function purchase(id: string): Buffer {
  const text = (tag: number, value: string) =>
    Buffer.concat([Buffer.of(tag, value.length), Buffer.from(value)])
  return Buffer.concat([
    text(0x0a, id),
    text(0x12, 'hostile-nobody'),
    Buffer.of(0x18, 0x64),
    text(0x22, '5411'),
  ])
}
