import { removeCategory } from '../../application/catalog/catalog-categories.js'
import type { CategoryStore } from '../../application/catalog/category-store.js'
import type { CategoryId } from '../../domain/category.js'
import {
  type CategoryEdit,
  type KeptCategory,
  type KeptCategorySet,
  replaceHoldPolicy,
  replaceMccPolicy,
  upsertCategory,
} from '../../domain/category-edit.js'
import type { MccPolicy } from '../../domain/mcc-policy.js'
import { mccItems } from '../../domain/mcc-set.js'
import {
  Category,
  type CategoryServiceServer,
  type DeleteCategoryRequest,
  type DeleteCategoryResponse,
  type GetCategoryRequest,
  type GetCategoryResponse,
  type GetHoldPolicyRequest,
  type GetHoldPolicyResponse,
  type GetMccPolicyRequest,
  type GetMccPolicyResponse,
  type ListCategoriesRequest,
  type ListCategoriesResponse,
  type MccPolicy as MccPolicyMessage,
  type UpdateHoldPolicyRequest,
  type UpdateHoldPolicyResponse,
  type UpdateMccPolicyRequest,
  type UpdateMccPolicyResponse,
  type UpsertCategoryRequest,
  type UpsertCategoryResponse,
} from '../../gen/benefits/v1/category.js'
import { CallError } from '../call-error.js'
import { type HandledCall, type HandlerOptions, unaryHandler } from '../handlers.js'
import { pageOf } from '../pages/page.js'
import { pageSizeOf, readPageToken, writePageToken } from '../pages/page-token.js'
import { RequestFields } from '../request-fields.js'
import { categoryMessage, readCategory } from './category-mapping.js'
import { holdPolicyMessage, readHoldPolicy } from './hold-policy-mapping.js'

export type CategoryServiceOptions = {
  readonly store: CategoryStore
  readonly handlers: HandlerOptions
}

/** Longest time spent on an edit, in milliseconds: edits are made one after another. */
const EDIT_MS_MAX = 10_000
/**
 * Longest time spent on a deletion, which checks every account for money in the category, in milliseconds.
 */
const DELETE_MS_MAX = 120_000

/** Implements benefits.v1.CategoryService over the store. */
export function categoryService({ store, handlers }: CategoryServiceOptions): CategoryServiceServer {
  const editing = { ...handlers, durationMsMax: EDIT_MS_MAX }
  const deleting = { ...handlers, durationMsMax: DELETE_MS_MAX }
  return {
    listCategories: unaryHandler<ListCategoriesRequest, ListCategoriesResponse>(handlers, async (request) => {
      const limit = pageSizeOf(request.pageSize)
      const after = readPageToken(request.pageToken, [])
      const { kept } = await store.read()
      const ordered = kept.map((one) => ({ one, place: placeOf(one) })).sort(byPlace)
      const rest = ordered.filter(({ place }) => after === undefined || place > after)
      const write = ({ one }: (typeof rest)[number]) => categoryMessage(one)
      const page = { limit, write, codec: Category, turns: handlers.pages.turns }
      const { messages, last } = await pageOf(rest, page)
      return { categories: messages, nextPageToken: last ? writePageToken(last.place, []) : '' }
    }),

    getCategory: unaryHandler<GetCategoryRequest, GetCategoryResponse>(handlers, async (request) => {
      const fields = new RequestFields()
      const id = fields.categoryId('category_id', request.categoryId)
      fields.close()
      return { category: messageOf(id, await store.read()) }
    }),

    upsertCategory: unaryHandler<UpsertCategoryRequest, UpsertCategoryResponse>(
      editing,
      async (request, call) => {
        const fields = new RequestFields()
        const category = readCategory(fields, request.category)
        fields.close()
        const { edit, after } = await store.edit(
          (current) => upsertCategory(current, category),
          subjectOf(call),
        )
        mustBeEdited(edit)
        return { category: messageOf(category.id, after) }
      },
    ),

    deleteCategory: unaryHandler<DeleteCategoryRequest, DeleteCategoryResponse>(
      deleting,
      async (request, call) => {
        const fields = new RequestFields()
        const id = fields.categoryId('category_id', request.categoryId)
        fields.close()
        const deletion = await removeCategory(
          { store, clock: handlers.clock },
          { id, by: subjectOf(call) },
          call.budget,
        )
        if (deletion.type === 'REJECTED') throw new CallError(deletion.rejection, { detail: deletion.detail })
        if (deletion.type === 'HELD') {
          throw new CallError('CATEGORY_IN_USE', { detail: `${id} in account ${deletion.holder}` })
        }
        return {}
      },
    ),

    getMccPolicy: unaryHandler<GetMccPolicyRequest, GetMccPolicyResponse>(handlers, async () => {
      return { policy: policyMessage(await store.read()) }
    }),

    updateMccPolicy: unaryHandler<UpdateMccPolicyRequest, UpdateMccPolicyResponse>(
      editing,
      async ({ policy }, call) => {
        const fields = new RequestFields()
        fields.check(policy !== undefined, 'policy', 'is required')
        const asked = readPolicy(fields, policy)
        fields.close()
        const { edit, after } = await store.edit(
          (current) => replaceMccPolicy(current, asked),
          subjectOf(call),
        )
        mustBeEdited(edit)
        return { policy: policyMessage(after) }
      },
    ),

    getHoldPolicy: unaryHandler<GetHoldPolicyRequest, GetHoldPolicyResponse>(handlers, async () => {
      const { holdPolicy } = await store.read()
      return { policy: holdPolicyMessage(holdPolicy) }
    }),

    updateHoldPolicy: unaryHandler<UpdateHoldPolicyRequest, UpdateHoldPolicyResponse>(
      editing,
      async ({ policy }, call) => {
        const fields = new RequestFields()
        const asked = readHoldPolicy(fields, policy)
        fields.close()
        const { edit, after } = await store.edit(
          (current) => replaceHoldPolicy(current, asked),
          subjectOf(call),
        )
        mustBeEdited(edit)
        return { policy: holdPolicyMessage(after.holdPolicy) }
      },
    ),
  }
}

function subjectOf({ principal }: HandledCall): string {
  return principal?.subject ?? ''
}

function mustBeEdited(edit: CategoryEdit): void {
  if (edit.type === 'REJECTED') throw new CallError(edit.rejection, { detail: edit.detail })
}

function messageOf(id: CategoryId, { kept }: KeptCategorySet) {
  const found = kept.find(({ category }) => category.id === id)
  if (!found) throw new CallError('CATEGORY_NOT_FOUND', { detail: id })
  return categoryMessage(found)
}

function policyMessage({ neverPermitted, neverPermittedAsReceived }: MccPolicy): MccPolicyMessage {
  return {
    neverPermitted: mccItems(neverPermitted),
    neverPermittedAsReceived: mccItems(neverPermittedAsReceived),
  }
}

function readPolicy(fields: RequestFields, policy: MccPolicyMessage | undefined): MccPolicy {
  const { neverPermitted = [], neverPermittedAsReceived = [] } = policy ?? {}
  return {
    neverPermitted: fields.mccs('policy.never_permitted', neverPermitted),
    neverPermittedAsReceived: fields.mccs('policy.never_permitted_as_received', neverPermittedAsReceived),
  }
}

/** A sort key for categories: the free balance last, then by order, then by id. */
function placeOf({ category: { free, order, id } }: KeptCategory): string {
  return `${Number(free)}:${String(order).padStart(10, '0')}:${id}`
}

function byPlace(a: { readonly place: string }, b: { readonly place: string }): number {
  return a.place < b.place ? -1 : 1
}
