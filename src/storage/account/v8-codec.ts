import { deserialize, serialize } from 'node:v8'
import type { AccountCodec } from '../../application/engine/account-codec.js'
import type { CountedDay } from '../../domain/counted-days.js'
import type { OpenHold } from '../../domain/open-hold.js'

/** An account as two strings. */
type Packed = { readonly account: string; readonly holds: string }

/**
 * A codec that makes strings of each account. An account is plain data, which the structured clone algorithm
 * copies faithfully. Open holds are lines of text: 64 of them take less than half the time and memory so.
 */
export const v8Codec: AccountCodec = {
  pack({ holds, ...account }): Packed {
    return { account: serialize(account).toString('latin1'), holds: holds.map(lineOf).join('\n') }
  },
  unpack(packed) {
    const { account, holds } = packed as Packed
    return {
      ...deserialize(Buffer.from(account, 'latin1')),
      holds: holds === '' ? [] : holds.split('\n').map(holdIn),
    }
  },
}

/** Writes a hold. Neither ids nor days contain a space. */
function lineOf({ id, wallet, authorized, captured, released, expiresAt, counted }: OpenHold): string {
  let line = `${id} ${wallet} ${authorized} ${captured} ${released} ${expiresAt.getTime()}`
  for (const { day, amount } of counted) line += ` ${day} ${amount}`
  return line
}

function holdIn(line: string): OpenHold {
  const fields = line.split(' ')
  const text = (index: number) => fields[index] ?? ''
  const counted: CountedDay[] = []
  for (let index = 6; index < fields.length; index += 2)
    counted.push({ day: text(index), amount: BigInt(text(index + 1)) })
  return {
    id: text(0),
    wallet: text(1),
    authorized: BigInt(text(2)),
    captured: BigInt(text(3)),
    released: BigInt(text(4)),
    expiresAt: new Date(Number(text(5))),
    counted,
  }
}
