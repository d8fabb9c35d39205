import { deserialize, serialize } from 'node:v8'
import type { Packing } from '../../application/engine/packing.js'

/**
 * A packing that makes one string of each account. An account is plain data, which the structured clone
 * algorithm copies faithfully.
 */
export const stringPacking: Packing = {
  pack: (account) => serialize(account).toString('latin1'),
  unpack: (packed) => deserialize(Buffer.from(String(packed), 'latin1')),
}
