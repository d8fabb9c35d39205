import { deserialize, serialize } from 'node:v8'
import type { Packing } from '../../application/engine/packing.js'

/** One string for each account: it is data and nothing else, which the structured clone algorithm copies faithfully. */
export const stringPacking: Packing = {
  pack: (account) => serialize(account).toString('latin1'),
  unpack: (packed) => deserialize(Buffer.from(String(packed), 'latin1')),
}
