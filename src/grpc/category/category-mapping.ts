import { type Category, ORDER_MAX } from '../../domain/category.js'
import type { KeptCategory } from '../../domain/category-edit.js'
import { mccItems } from '../../domain/mcc-set.js'
import type { Category as CategoryMessage } from '../../gen/benefits/v1/category.js'
import { Rail } from '../../gen/benefits/v1/network.js'
import type { RequestFields } from '../request-fields.js'

export function categoryMessage({ category, version, changedAt, changedBy }: KeptCategory): CategoryMessage {
  return {
    id: category.id,
    displayName: category.displayName,
    mccs: mccItems(category.mccs),
    order: category.order,
    free: category.free,
    creditsClosed: category.creditsClosed,
    version,
    updateTime: changedAt,
    subject: changedBy,
    rails: category.rails.map((rail) => Rail[rail]),
    regulated: category.regulated,
    immediate: category.immediate ?? false,
  }
}

/** Reads a category and reports every invalid field. */
export function readCategory(fields: RequestFields, message: CategoryMessage | undefined): Category {
  const {
    id = '',
    displayName = '',
    mccs = [],
    order = 0,
    free = false,
    creditsClosed = false,
    rails = [],
    regulated = false,
    immediate = false,
  } = message ?? {}
  fields.check(message !== undefined, 'category', 'is required')
  fields.categoryId('category.id', id)
  fields.check(order >= 0 && order <= ORDER_MAX, 'category.order', `must be 0 to ${ORDER_MAX}`)
  fields.check(
    !free || mccs.length === 0,
    'category.mccs',
    'must be empty for the free balance, which pays for any MCC',
  )
  fields.check(
    !free || !regulated,
    'category.regulated',
    'must be false for the free balance, which pays for everything',
  )
  return {
    id,
    displayName: displayName === '' ? id : fields.displayName('category.display_name', displayName),
    mccs: fields.mccs('category.mccs', mccs),
    order,
    free,
    creditsClosed,
    rails: fields.rails('category.rails', rails),
    regulated,
    ...(immediate && { immediate }),
  }
}
