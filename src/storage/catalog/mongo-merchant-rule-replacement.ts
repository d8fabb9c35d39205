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
import { whileAvailable } from '../errors.js'
import { CATALOG_ID, type CatalogChange, type CatalogDocument, changeCatalog } from './catalog-change.js'
import { atOneMoment } from './catalog-snapshot.js'
import {
  type MerchantRuleDocument,
  merchantRuleDocument,
  merchantRuleOf,
  notDeleted,
} from './mongo-merchant-rule-document.js'

/** Rules read or written in one operation: making their documents keeps decisions waiting for a few milliseconds. */
const CHUNK_MAX = 100
/** Ids put into a set in one piece. */
const INDEX_CHUNK_MAX = 5_000
/** Longest time that one replacement may take with all its attempts, in milliseconds. MongoDB ends a transaction after 60 seconds. */
const REPLACEMENT_MS_MAX = 45_000

export type ReplacementOptions = ReplaceOptions & {
  /** Lets purchases go first between two operations. */
  readonly turns: BackgroundTurns | undefined
  readonly hasRoomFor: (count: number) => Promise<boolean>
}

const full: MerchantRulesReplaced = { created: 0, changed: 0, unchanged: 0, ties: new Map(), full: true }

/** What a replacement does. */
type Plan = Pick<MerchantRulesReplaced, 'unchanged' | 'ties'> & {
  readonly created: readonly MerchantRule[]
  readonly changed: readonly MerchantRule[]
  /** Ids of changed rules that will cover others than now: another rule may need the place that they leave. */
  readonly moving: readonly MerchantRuleId[]
}

/** Does {@link MerchantRuleStore.replace} in one transaction. */
export async function replaceMerchantRules(
  db: Db,
  rules: readonly MerchantRule[],
  { by, dryRun, proceed, hasRoomFor, turns }: ReplacementOptions,
): Promise<MerchantRulesReplaced> {
  const foreseen = await whileAvailable('comparing merchant rules', () => foresee(db, rules, turns))
  if (dryRun || isIdle(foreseen.plan)) return summaryOf(foreseen.plan)
  const { created } = foreseen.plan
  if (created.length > 0 && !(await hasRoomFor(created.length))) return full
  const replace = async (change: CatalogChange) => {
    const isAsForeseen = change.version === foreseen.version + 1n
    const plan = isAsForeseen ? foreseen.plan : await planOf(db, rules, { ...change, turns })
    proceed()
    if (isIdle(plan)) await change.session.abortTransaction()
    else await carryOut(db, plan, { ...change, by, turns })
    proceed()
    return summaryOf(plan)
  }
  return await changeCatalog(db, replace, { durationMsMax: REPLACEMENT_MS_MAX })
}

/** Plans without keeping other changes waiting: unless one comes in between, the plan is still good when it is carried out. */
async function foresee(
  db: Db,
  rules: readonly MerchantRule[],
  turns: BackgroundTurns | undefined,
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
  { session, turns }: { readonly session: ClientSession; readonly turns: BackgroundTurns | undefined },
): Promise<Plan> {
  const arriving = new Set<MerchantRuleId>()
  for (const chunk of chunksOf(rules, INDEX_CHUNK_MAX)) {
    for (const { id } of chunk) arriving.add(id)
    await turns?.turn()
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
    await turns?.turn()
  }
  const unchanged = rules.length - created.length - changed.length
  return { created, changed, moving, unchanged, ties }
}

function isOther(before: MerchantRule | undefined, rule: MerchantRule): boolean {
  return before !== undefined && !isSameRule(before, rule)
}

/** The rules that have these rules' ids, and the ids of those that have their places. */
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

type Writing = { readonly by: string; readonly turns: BackgroundTurns | undefined }

async function carryOut(
  db: Db,
  { created, changed, moving }: Plan,
  { session, version, at: changedAt, by: changedBy, turns }: CatalogChange & Writing,
): Promise<void> {
  const rules = db.collection<MerchantRuleDocument>(collections.merchantRules)
  const options = { session, maxTimeMS: OPERATION_MS_MAX }
  // No two rules may have the same place even for a moment, and two may be changing places.
  for (const ids of chunksOf(moving)) await rules.deleteMany({ _id: { $in: [...ids] } }, options)
  for (const chunk of chunksOf([...changed, ...created])) {
    const writes = chunk.map((rule) => {
      const { _id, ...replacement } = merchantRuleDocument({ rule, version, changedAt, changedBy })
      return { replaceOne: { filter: { _id }, replacement, upsert: true } }
    })
    await rules.bulkWrite(writes, { ...options, ordered: false })
    await turns?.turn()
  }
}

function* chunksOf<T>(items: readonly T[], length = CHUNK_MAX): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += length) yield items.slice(start, start + length)
}
