import { deserialize, serialize } from 'node:v8'
import type { AccountCodec } from '../../application/engine/account-codec.js'

/**
 * A codec that makes one string of each account. An account is plain data, which the structured clone
 * algorithm copies faithfully.
 */
export const v8Codec: AccountCodec = {
  pack: (account) => serialize(account).toString('latin1'),
  unpack: (packed) => deserialize(Buffer.from(String(packed), 'latin1')),
}
