import type { Header } from '../../../bench/h2/hpack.js'
import type { AttackJob } from './attack.js'

export const AUTHORIZE = '/benefits.v1.AuthorizationService/Authorize'
export const AUTHORIZE_STREAM = '/benefits.v1.AuthorizationService/AuthorizeStream'
export const LIST_TRANSACTIONS = '/benefits.v1.AccountService/ListTransactions'
export const HEALTH_CHECK = '/grpc.health.v1.Health/Check'
export const HEALTH_WATCH = '/grpc.health.v1.Health/Watch'
export const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'

/** The headers of a call, as every gRPC client sends them. */
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

/** A message after the five-byte gRPC prefix. */
export function framed(message: Buffer, flag = 0): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flag, 0)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** A field of a message that holds a short text. */
export function field(number: number, text: string): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2, text.length), Buffer.from(text)])
}

/** A well-formed purchase by an account that does not exist. */
export function purchase(id: string): Buffer {
  return Buffer.concat([field(1, id), field(2, 'hostile-nobody'), Buffer.of(0x18, 0x64), field(4, '5411')])
}
