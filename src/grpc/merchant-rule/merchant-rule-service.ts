import { randomUUID } from 'node:crypto'
import type { MerchantRuleOutcome, MerchantRuleStore } from '../../application/catalog/merchant-rule-store.js'
import type { BackgroundTurns } from '../../application/engine/background-turns.js'
import { readPlaces } from '../../application/places.js'
import type { Catalog } from '../../domain/catalog.js'
import type { MerchantRule } from '../../domain/merchant-rule.js'
import {
  type CreateMerchantRuleRequest,
  type CreateMerchantRuleResponse,
  type DeleteMerchantRuleRequest,
  type DeleteMerchantRuleResponse,
  type GetMerchantRuleRequest,
  type GetMerchantRuleResponse,
  type ListMerchantRulesRequest,
  type ListMerchantRulesResponse,
  MerchantRule as MerchantRuleMessage,
  type MerchantRuleServiceServer,
  type ResolveMerchantRequest,
  type ResolveMerchantResponse,
  type UpdateMerchantRuleRequest,
  type UpdateMerchantRuleResponse,
} from '../../gen/benefits/v1/merchant_rule.js'
import { CallError } from '../call-error.js'
import { type HandledCall, type HandlerOptions, pageHandler, unaryHandler } from '../handlers.js'
import { pageOf } from '../pages/page.js'
import { pageSizeOf, readPageToken, writePageToken } from '../pages/page-token.js'
import { RequestFields } from '../request-fields.js'
import { merchantRuleFileHandlers } from './merchant-rule-files.js'
import { readRuleFilter } from './merchant-rule-filter.js'
import { readMerchantIds, readRule, resolutionMessage, storedRuleMessage } from './merchant-rule-mapping.js'
import { checkAll, readRulePatch } from './merchant-rule-patch.js'

export type MerchantRuleServiceOptions = {
  readonly store: MerchantRuleStore
  readonly catalog: () => Catalog
  readonly handlers: HandlerOptions
  readonly turns: BackgroundTurns
}

/** Longest time spent on a change, in milliseconds: changes are made one after another. */
const CHANGE_MS_MAX = 10_000

/** Implements benefits.v1.MerchantRuleService over the store. */
export function merchantRuleService(options: MerchantRuleServiceOptions): MerchantRuleServiceServer {
  const { store, catalog, handlers, turns } = options
  const changing = { ...handlers, durationMsMax: CHANGE_MS_MAX }
  const places = readPlaces()
  return {
    createMerchantRule: unaryHandler<CreateMerchantRuleRequest, CreateMerchantRuleResponse>(
      changing,
      async ({ merchantRule }, call) => {
        const fields = new RequestFields()
        fields.check(merchantRule !== undefined, 'merchant_rule', 'is required')
        const { rule, faults } = readRule({ ...blank, ...merchantRule, id: merchantRule?.id || randomUUID() })
        if (merchantRule) checkAll(fields, faults)
        fields.close()
        return { merchantRule: changed(await store.create(rule, subjectOf(call)), rule.id) }
      },
    ),

    getMerchantRule: unaryHandler<GetMerchantRuleRequest, GetMerchantRuleResponse>(
      handlers,
      async ({ merchantRuleId: id }) => {
        const fields = new RequestFields()
        fields.merchantRuleId('merchant_rule_id', id)
        fields.close()
        const stored = await places.run(() => store.find(id))
        if (!stored) throw new CallError('MERCHANT_RULE_NOT_FOUND', { detail: id })
        return { merchantRule: storedRuleMessage(stored) }
      },
    ),

    listMerchantRules: pageHandler<ListMerchantRulesRequest, ListMerchantRulesResponse>(
      handlers,
      async (request) => {
        const filter = readRuleFilter(request)
        const limit = pageSizeOf(request.pageSize)
        const tied = Object.entries(filter)
        const afterId = readPageToken(request.pageToken, tied) ?? ''
        const found = await store.page({ afterId, limit: limit + 1, filter })
        const page = { limit, write: storedRuleMessage, codec: MerchantRuleMessage, turns }
        const { messages, last } = await pageOf(found, page)
        return { merchantRules: messages, nextPageToken: last ? writePageToken(last.rule.id, tied) : '' }
      },
    ),

    updateMerchantRule: unaryHandler<UpdateMerchantRuleRequest, UpdateMerchantRuleResponse>(
      changing,
      async (request, call) => {
        const { id, etag, patch } = readRulePatch(request)
        const expectedVersion = versionOf(etag)
        const by = { by: subjectOf(call), ...(expectedVersion !== undefined && { expectedVersion }) }
        return { merchantRule: changed(await store.update(id, patch, by), id) }
      },
    ),

    deleteMerchantRule: unaryHandler<DeleteMerchantRuleRequest, DeleteMerchantRuleResponse>(
      changing,
      async ({ merchantRuleId: id, etag }) => {
        const fields = new RequestFields()
        fields.merchantRuleId('merchant_rule_id', id)
        fields.close()
        return { merchantRule: changed(await store.delete(id, versionOf(etag)), id) }
      },
    ),

    resolveMerchant: unaryHandler<ResolveMerchantRequest, ResolveMerchantResponse>(
      handlers,
      async (request) => {
        const fields = new RequestFields()
        const merchant = fields.merchant('merchant', request.merchant)
        const ids = readMerchantIds(fields, request)
        fields.close()
        return resolutionMessage(merchant, ids, catalog())
      },
    ),

    ...merchantRuleFileHandlers({ store, handlers, turns }),
  }
}

/** Returns the rule after a change, or throws the error that explains why nothing changed. */
function changed(outcome: MerchantRuleOutcome, id: MerchantRule['id']): MerchantRuleMessage {
  if (!outcome.rejection) return storedRuleMessage(outcome.stored)
  const { rejection } = outcome
  switch (rejection.reason) {
    case 'NOT_FOUND':
      throw new CallError('MERCHANT_RULE_NOT_FOUND', { detail: id })
    case 'EXISTS':
      throw new CallError('MERCHANT_RULE_EXISTS', { detail: id })
    case 'CHANGED_MEANWHILE':
      throw new CallError('MERCHANT_RULE_CHANGED', { detail: id })
    case 'FULL':
      throw new CallError('MERCHANT_RULES_FULL')
    case 'TIE': {
      const metadata = { merchant_rule: rejection.with }
      throw new CallError('MERCHANT_RULES_TIE', { detail: `rule ${rejection.with}`, metadata })
    }
  }
}

/** Reads the version from an etag. A malformed etag becomes 0, which no rule has. */
function versionOf(etag: string): bigint | undefined {
  if (etag === '') return undefined
  return /^\d{1,18}$/.test(etag) ? BigInt(etag) : 0n
}

const blank: MerchantRuleMessage = {
  id: '',
  match: 0,
  name: '',
  city: '',
  country: '',
  mcc: '',
  etag: '',
  updateTime: undefined,
  subject: '',
  merchantTaxId: '',
  acquirerId: '',
  merchantId: '',
}

function subjectOf({ principal }: HandledCall): string {
  return principal?.subject ?? ''
}
