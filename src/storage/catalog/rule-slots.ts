import { type AnyBulkWriteOperation, type Db, MongoBulkWriteError } from 'mongodb'
import { slotKey, slotOf } from '../../domain/merchant-rule.js'
import { collections } from '../collections.js'
import { DUPLICATE_KEY } from '../errors.js'
import { type MerchantRuleDocument, merchantRuleOf, notDeleted } from './mongo-merchant-rule-document.js'

/** Most slots in one write. */
const WRITES_MAX = 1_000

/**
 * Recomputes the slots of all merchant rules, for a release that compares names differently. Idempotent.
 *
 * A rule that now ties with another keeps its old slot. The catalog then decides by the lower id, and
 * `ResolveMerchant` names the tie.
 */
export async function recomputeSlots(db: Db): Promise<void> {
  const rules = db.collection<MerchantRuleDocument>(collections.merchantRules)
  let writes: AnyBulkWriteOperation<MerchantRuleDocument>[] = []
  const write = async () => {
    if (writes.length > 0) await rules.bulkWrite(writes, { ordered: false }).catch(unlessTied)
    writes = []
  }
  for await (const rule of rules.find(notDeleted)) {
    const { match, ...slot } = slotOf(merchantRuleOf(rule))
    // The validator rejects an empty name. A rule without a visible name matches no merchant, whatever its
    // slot.
    if (slot.name === '' || slotKey({ match, ...slot }) === slotKey({ match, ...rule.slot })) continue
    writes.push({
      updateOne: { filter: { _id: rule._id, version: rule.version }, update: { $set: { slot } } },
    })
    if (writes.length === WRITES_MAX) await write()
  }
  await write()
}

/** Ignores ties, the only accepted reason for an unwritten slot. */
function unlessTied(error: unknown): void {
  if (!(error instanceof MongoBulkWriteError)) throw error
  const failures = [error.writeErrors].flat()
  if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE_KEY)) throw error
}
