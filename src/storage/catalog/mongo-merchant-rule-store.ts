import type { ClientSession, Collection, Db, Filter } from 'mongodb'
import type {
  MerchantRuleChangeBy,
  MerchantRuleFilter,
  MerchantRuleOutcome,
  MerchantRuleQuery,
  MerchantRuleRejection,
  MerchantRuleStore,
  MerchantRulesReplaced,
  ReplaceOptions,
  StoredMerchantRule,
} from '../../application/catalog/merchant-rule-store.js'
import { type BackgroundTurns, freeTurns } from '../../application/engine/background-turns.js'
import {
  isSameRule,
  type MerchantRule,
  type MerchantRuleId,
  merchantKey,
  RULES_MAX,
  slotOf,
} from '../../domain/merchant-rule.js'
import { inOrder } from '../account/read-order.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors } from '../errors.js'
import { BACKGROUND_BATCH, gathered } from '../gathered.js'
import { type CatalogChange, changeCatalog, type Tombstone, tombstoneOf } from './catalog-change.js'
import { catchUp, momentOptions } from './catalog-snapshot.js'
import {
  type MerchantRuleDocument,
  merchantRuleDocument,
  notDeleted,
  storedMerchantRuleOf,
} from './mongo-merchant-rule-document.js'
import { replaceMerchantRules } from './mongo-merchant-rule-replacement.js'

/** Longest time for reading all rules inside the server, in milliseconds. */
const READ_ALL_MS_MAX = 60_000

const piecewise = { sort: { _id: 1 }, batchSize: BACKGROUND_BATCH, maxTimeMS: OPERATION_MS_MAX } as const

/** Merchant rules in MongoDB. */
export class MongoMerchantRuleStore implements MerchantRuleStore {
  readonly #db: Db
  readonly #rules: Collection<MerchantRuleDocument>

  readonly #turns: BackgroundTurns
  readonly #rulesMax: number

  constructor(
    db: Db,
    {
      rulesMax = RULES_MAX,
      turns = freeTurns,
    }: { readonly rulesMax?: number; readonly turns?: BackgroundTurns } = {},
  ) {
    this.#db = db
    this.#turns = turns
    this.#rulesMax = rulesMax
    this.#rules = db.collection<MerchantRuleDocument>(collections.merchantRules)
  }

  async find(id: MerchantRuleId): Promise<StoredMerchantRule | undefined> {
    return await mapTransientErrors('reading a merchant rule', () => this.#find(id))
  }

  async page({ afterId, limit, filter }: MerchantRuleQuery): Promise<readonly StoredMerchantRule[]> {
    const wanted: Filter<MerchantRuleDocument> = { _id: { $gt: afterId }, ...conditionsOf(filter) }
    return await mapTransientErrors('listing merchant rules', () =>
      gathered(this.#rules.find(wanted, { ...piecewise, limit }), storedMerchantRuleOf, this.#turns),
    )
  }

  async *all(): AsyncGenerator<readonly StoredMerchantRule[]> {
    const session = this.#db.client.startSession()
    const reading = async <T>(step: () => Promise<T>) =>
      await mapTransientErrors('reading merchant rules', () => inOrder(step))
    try {
      await reading(() => catchUp(this.#db, session))
      session.startTransaction(momentOptions)
      const options = { ...piecewise, maxTimeMS: READ_ALL_MS_MAX, session } as const
      const cursor = this.#rules.find(notDeleted, options)
      while (await reading(() => cursor.hasNext())) {
        yield cursor.readBufferedDocuments().map(storedMerchantRuleOf)
      }
      await reading(() => session.commitTransaction())
    } finally {
      await session.endSession()
    }
  }

  async create(rule: MerchantRule, by: string): Promise<MerchantRuleOutcome> {
    if (!(await this.#hasRoomFor(1))) return { rejection: { reason: 'FULL' } }
    return await changeCatalog(this.#db, async (change) => {
      if (await this.#find(rule.id, change.session)) return await reject(change, { reason: 'EXISTS' })
      return await this.#put(rule, { ...change, by })
    })
  }

  async update(
    id: MerchantRuleId,
    change: (rule: MerchantRule) => MerchantRule,
    { by, expectedVersion }: MerchantRuleChangeBy,
  ): Promise<MerchantRuleOutcome> {
    return await changeCatalog(this.#db, async (catalogChange) => {
      const before = await this.#find(id, catalogChange.session)
      if (!before) return await reject(catalogChange, { reason: 'NOT_FOUND' })
      if (!isExpected(before, expectedVersion))
        return await reject(catalogChange, { reason: 'CHANGED_MEANWHILE' })
      const rule = { ...change(before.rule), id }
      if (!isSameRule(before.rule, rule)) return await this.#put(rule, { ...catalogChange, by })
      await catalogChange.session.abortTransaction()
      return { stored: before }
    })
  }

  async delete(id: MerchantRuleId, expectedVersion: bigint | undefined): Promise<MerchantRuleOutcome> {
    return await changeCatalog(this.#db, async (change) => {
      const stored = await this.#find(id, change.session)
      if (!stored) return await reject(change, { reason: 'NOT_FOUND' })
      if (!isExpected(stored, expectedVersion)) return await reject(change, { reason: 'CHANGED_MEANWHILE' })
      const { _id, ...tombstone } = tombstoneOf(id, change)
      await this.#db
        .collection<Tombstone>(collections.merchantRules)
        .replaceOne({ _id }, tombstone, { session: change.session, maxTimeMS: OPERATION_MS_MAX })
      return { stored }
    })
  }

  async replace(rules: readonly MerchantRule[], options: ReplaceOptions): Promise<MerchantRulesReplaced> {
    return await replaceMerchantRules(this.#db, rules, {
      ...options,
      turns: this.#turns,
      hasRoomFor: (count) => this.#hasRoomFor(count),
    })
  }

  /**
   * Whether so many rules can be added. The estimate takes no time but includes tombstones, so rules are
   * counted exactly only when it exceeds the limit.
   */
  async #hasRoomFor(count: number): Promise<boolean> {
    return await mapTransientErrors('counting merchant rules', async () => {
      const limit = this.#rulesMax - count
      const options = { maxTimeMS: OPERATION_MS_MAX }
      if ((await this.#rules.estimatedDocumentCount(options)) <= limit) return true
      return (await this.#rules.countDocuments(notDeleted, options)) <= limit
    })
  }

  /** Writes a rule over any document with its id, unless it would tie with another rule. */
  async #put(
    rule: MerchantRule,
    change: CatalogChange & { readonly by: string },
  ): Promise<MerchantRuleOutcome> {
    const { session, version, at: changedAt, by: changedBy } = change
    const options = { session, maxTimeMS: OPERATION_MS_MAX }
    const { match, name, city, country } = slotOf(rule)
    const holder = await this.#rules.findOne(
      {
        ...notDeleted,
        match,
        'slot.name': name,
        'slot.city': city ?? { $exists: false },
        'slot.country': country ?? { $exists: false },
      },
      { ...options, projection: { _id: 1 } },
    )
    if (holder && holder._id !== rule.id) return await reject(change, { reason: 'TIE', with: holder._id })
    const stored = { rule, version, changedAt, changedBy }
    const { _id, ...fields } = merchantRuleDocument(stored)
    await this.#rules.replaceOne({ _id }, fields, { ...options, upsert: true })
    return { stored }
  }

  async #find(id: MerchantRuleId, session?: ClientSession): Promise<StoredMerchantRule | undefined> {
    const options = { maxTimeMS: OPERATION_MS_MAX, ...(session && { session }) }
    const document = await this.#rules.findOne({ _id: id, ...notDeleted }, options)
    return document ? storedMerchantRuleOf(document) : undefined
  }
}

async function reject(
  { session }: CatalogChange,
  rejection: MerchantRuleRejection,
): Promise<MerchantRuleOutcome> {
  await session.abortTransaction()
  return { rejection }
}

function isExpected({ version }: StoredMerchantRule, expectedVersion: bigint | undefined): boolean {
  return expectedVersion === undefined || version === expectedVersion
}

function conditionsOf(filter: MerchantRuleFilter): Filter<MerchantRuleDocument> {
  const { match, namePrefix, city, country, mcc, merchantTaxId, acquirerId, merchantId } = filter
  return {
    ...notDeleted,
    ...(match !== undefined && { match }),
    ...(namePrefix !== undefined && {
      name: { $exists: true },
      'slot.name': { $regex: `^${escaped(namePrefix)}` },
    }),
    ...(city !== undefined && { 'slot.city': city }),
    ...(country !== undefined && { 'slot.country': country }),
    ...(mcc !== undefined && { mcc }),
    ...(acquirerId !== undefined && { acquirer_id: acquirerId }),
    ...(merchantId !== undefined && { merchant_id: merchantId }),
    // The index on slots finds these at once.
    ...(merchantTaxId !== undefined && { merchant_tax_id: merchantTaxId, 'slot.name': merchantTaxId }),
    ...(acquirerId !== undefined &&
      merchantId !== undefined && { 'slot.name': merchantKey(acquirerId, merchantId) }),
  }
}

/** Escapes the text for a regular expression. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
