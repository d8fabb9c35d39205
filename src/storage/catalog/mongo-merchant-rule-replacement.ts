import type { ClientSession, Db } from 'mongodb'
import type { MerchantRulesReplaced, ReplaceOptions } from '../../application/catalog/merchant-rule-store.js'
import type { BackgroundTurns } from '../../application/engine/background-turns.js'
import {
  isSameRule,
  type MerchantRule,
  type MerchantRuleId,
  slotKey,
  slotOf,
} from '../../domain/merchant-rule.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors } from '../errors.js'
import { CATALOG_ID, type CatalogChange, type CatalogDocument, changeCatalog } from './catalog-change.js'
import { atOneMoment } from './catalog-snapshot.js'
import {
  type MerchantRuleDocument,
  merchantRuleDocument,
  merchantRuleOf,
  notDeleted,
} from './mongo-merchant-rule-document.js'

/** Rules in one operation. Building their documents delays decisions by a few milliseconds. */
const CHUNK_MAX = 100
/** Ids put into a set in one piece. */
const INDEX_CHUNK_MAX = 5_000
/**
 * Longest time for one replacement with all its attempts, in milliseconds. MongoDB ends a transaction after
 * 60 seconds.
 */
const REPLACEMENT_MS_MAX = 45_000

export type ReplacementOptions = ReplaceOptions & {
  /** Lets purchases go first between two operations. */
  readonly turns: BackgroundTurns
  readonly hasRoomFor: (count: number) => Promise<boolean>
}

const full: MerchantRulesReplaced = { created: 0, changed: 0, unchanged: 0, ties: new Map(), full: true }

/** The effect of a replacement. */
type Plan = Pick<MerchantRulesReplaced, 'unchanged' | 'ties'> & {
  readonly created: readonly MerchantRule[]
  readonly changed: readonly MerchantRule[]
  /** Ids of changed rules that will leave their slot, which another rule may need. */
  readonly moving: readonly MerchantRuleId[]
}

/** Carries out {@link MerchantRuleStore.replace} in one transaction. */
export async function replaceMerchantRules(
  db: Db,
  rules: readonly MerchantRule[],
  { by, dryRun, proceed, hasRoomFor, turns }: ReplacementOptions,
): Promise<MerchantRulesReplaced> {
  const foreseen = await mapTransientErrors('comparing merchant rules', () => foresee(db, rules, turns))
  if (dryRun || isIdle(foreseen.plan)) return summaryOf(foreseen.plan)
  const { created } = foreseen.plan
  if (created.length > 0 && !(await hasRoomFor(created.length))) return full
  const replace = async (change: CatalogChange) => {
    const isAsForeseen = change.version === foreseen.version + 1n
    const plan = isAsForeseen ? foreseen.plan : await planOf(db, rules, { ...change, turns })
    proceed()
    if (isIdle(plan)) await change.session.abortTransaction()
    else await carryOut(db, plan, { ...change, by })
    proceed()
    return summaryOf(plan)
  }
  return await changeCatalog(db, replace, { durationMsMax: REPLACEMENT_MS_MAX })
}

/** Plans without blocking other changes. The plan stays valid unless another change commits first. */
async function foresee(
  db: Db,
  rules: readonly MerchantRule[],
  turns: BackgroundTurns,
): Promise<{ version: bigint; plan: Plan }> {
  return await atOneMoment(db, async (session) => {
    const catalog = await db
      .collection<CatalogDocument>(collections.catalog)
      .findOne({ _id: CATALOG_ID }, { session, maxTimeMS: OPERATION_MS_MAX })
    return { version: catalog?.version ?? 0n, plan: await planOf(db, rules, { session, turns }) }
  })
}

function isIdle({ ties, created, changed }: Plan): boolean {
  return ties.size > 0 || created.length + changed.length === 0
}

function summaryOf({ created, changed, unchanged, ties }: Plan): MerchantRulesReplaced {
  if (ties.size > 0) return { created: 0, changed: 0, unchanged: 0, ties, full: false }
  return { created: created.length, changed: changed.length, unchanged, ties, full: false }
}

async function planOf(
  db: Db,
  rules: readonly MerchantRule[],
  { session, turns }: { readonly session: ClientSession; readonly turns: BackgroundTurns },
): Promise<Plan> {
  const arriving = new Set<MerchantRuleId>()
  for (const chunk of chunksOf(rules, INDEX_CHUNK_MAX)) {
    for (const { id } of chunk) arriving.add(id)
    await turns.turn()
  }
  const created: MerchantRule[] = []
  const changed: MerchantRule[] = []
  const moving: MerchantRuleId[] = []
  const ties = new Map<MerchantRuleId, MerchantRuleId>()
  for (const chunk of chunksOf(rules)) {
    const { byId, holders } = await presentAround(db, chunk, session)
    for (const rule of chunk) {
      const holder = holders.get(slotKey(slotOf(rule)))
      if (holder !== undefined && !arriving.has(holder)) ties.set(rule.id, holder)
      if (byId.has(rule.id) && holder !== rule.id) moving.push(rule.id)
    }
    created.push(...chunk.filter(({ id }) => !byId.has(id)))
    changed.push(...chunk.filter((rule) => isOther(byId.get(rule.id), rule)))
    await turns.turn()
  }
  const unchanged = rules.length - created.length - changed.length
  return { created, changed, moving, unchanged, ties }
}

function isOther(before: MerchantRule | undefined, rule: MerchantRule): boolean {
  return before !== undefined && !isSameRule(before, rule)
}

/** Finds the existing rules with these ids, and the ids of the rules that hold their slots. */
async function presentAround(db: Db, chunk: readonly MerchantRule[], session: ClientSession) {
  const ids = chunk.map(({ id }) => id)
  const names = chunk.map((rule) => slotOf(rule).name)
  const present = await db
    .collection<MerchantRuleDocument>(collections.merchantRules)
    .find(
      {
        $or: [
          { _id: { $in: ids }, ...notDeleted },
          { 'slot.name': { $in: names }, ...notDeleted },
        ],
      },
      { session, maxTimeMS: OPERATION_MS_MAX },
    )
    .toArray()
  return {
    byId: new Map(present.map((document) => [document._id, merchantRuleOf(document)])),
    holders: new Map(present.map(({ _id, match, slot }) => [slotKey({ match, ...slot }), _id])),
  }
}

/**
 * Writes the plan. Takes no background turns: MongoDB ends a transaction after 60 seconds, and purchases have
 * the process during each round trip.
 */
async function carryOut(
  db: Db,
  { created, changed, moving }: Plan,
  { session, version, at: changedAt, by: changedBy }: CatalogChange & { readonly by: string },
): Promise<void> {
  const rules = db.collection<MerchantRuleDocument>(collections.merchantRules)
  const options = { session, maxTimeMS: OPERATION_MS_MAX }
  // Two rules may swap slots, and the index rejects a shared slot even for a moment.
  for (const ids of chunksOf(moving)) await rules.deleteMany({ _id: { $in: [...ids] } }, options)
  const documentOf = (rule: MerchantRule) => merchantRuleDocument({ rule, version, changedAt, changedBy })
  for (const chunk of chunksOf(changed)) {
    const writes = chunk.map((rule) => {
      const { _id, ...replacement } = documentOf(rule)
      return { replaceOne: { filter: { _id }, replacement, upsert: true } }
    })
    await rules.bulkWrite(writes, { ...options, ordered: false })
  }
  for (const chunk of chunksOf(created)) {
    // A deleted rule leaves a tombstone with its id. Inserts take about two thirds of the time of upserts.
    await rules.deleteMany({ _id: { $in: chunk.map(({ id }) => id) } }, options)
    await rules.insertMany(chunk.map(documentOf), { ...options, ordered: false })
  }
}

function* chunksOf<T>(items: readonly T[], length = CHUNK_MAX): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += length) yield items.slice(start, start + length)
}
