import { randomUUID } from 'node:crypto'
import type { AccountId } from '../../domain/account-status.js'
import type { Category } from '../../domain/category.js'
import type { LimitsChange } from '../../domain/change-limits.js'
import type { StatusChange } from '../../domain/change-status.js'
import type { WalletLimits } from '../../domain/limits.js'
import { type Account, AccountStatus, type UpdateAccountRequest } from '../../gen/benefits/v1/account.js'
import { RequestFields } from '../request-fields.js'

/** A requested change of an account: its status or its limits. */
export type AccountChange = { readonly accountId: AccountId } & (
  | { readonly status: StatusChange; readonly limits?: never }
  | { readonly limits: LimitsChange; readonly status?: never }
)

const STATUS = 'status'
const LIMITS = 'limits'
const PURCHASE_MAX = 'limits.purchase_max'
const WALLETS = 'limits.wallets'
const ofLimits = [LIMITS, PURCHASE_MAX, WALLETS]
const PATHS_MAX = 8

/** Reads a requested change. Throws CallError INVALID_REQUEST naming every invalid field. */
export function readAccountChange(
  request: UpdateAccountRequest,
  { subject, categories }: { readonly subject: string; readonly categories: readonly Category[] },
): AccountChange {
  const { account } = request
  const fields = new RequestFields()
  const accountId = fields.accountId('account.id', account?.id ?? '')
  const transactionId = fields.optionalTransactionId('request_id', request.requestId) ?? randomUUID()
  const paths = pathsOf(request)
  const isStatus = paths.length > 0 && paths.every((path) => path === STATUS)
  const isLimits = paths.length > 0 && paths.every((path) => ofLimits.includes(path))
  fields.check(
    (isStatus || isLimits) && paths.length <= PATHS_MAX,
    'update_mask',
    `must name ${STATUS}, or else some of ${ofLimits.join(', ')}`,
  )
  if (isLimits) {
    const limits = readLimits(fields, { account, paths, categories })
    fields.close()
    return { accountId, limits: { transactionId, subject, ...limits } }
  }
  const status = statusIn(account?.status)
  fields.check(status !== undefined, 'account.status', 'must be ACTIVE, BLOCKED or CLOSED')
  fields.close()
  // An undefined status was reported above, so close() has thrown.
  return { accountId, status: { transactionId, status: status ?? 'ACTIVE', subject } }
}

/** The domain's name for a status of the contract. Undefined for UNSPECIFIED and unknown numbers. */
export function statusIn(status: AccountStatus | undefined): StatusChange['status'] | undefined {
  const names = ['ACTIVE', 'BLOCKED', 'CLOSED'] as const
  return names.find((name) => AccountStatus[name] === status)
}

/** The paths of the mask or, without one, the fields that are set. */
function pathsOf({ updateMask, account }: UpdateAccountRequest): readonly string[] {
  if (updateMask) return updateMask
  if (!account?.limits) return [STATUS]
  return account.status === AccountStatus.UNSPECIFIED ? [LIMITS] : [STATUS, LIMITS]
}

type Asked = {
  readonly account: Account | undefined
  readonly paths: readonly string[]
  readonly categories: readonly Category[]
}

function readLimits(
  fields: RequestFields,
  { account, paths, categories }: Asked,
): Omit<LimitsChange, 'transactionId' | 'subject'> {
  const { purchaseMax, wallets = [] } = account?.limits ?? {}
  const replaces = paths.includes(LIMITS)
  const known = categories.map(({ id }) => id)
  const read = new Map<string, WalletLimits>()
  for (const [index, { category, dayMax, monthMax }] of wallets.entries()) {
    const field = `account.limits.wallets[${index}]`
    fields.check(!read.has(category), `${field}.category`, 'must not be repeated')
    // The limits of a deleted category can still be removed.
    if (dayMax !== undefined || monthMax !== undefined) {
      fields.check(known.includes(category), `${field}.category`, `must be one of ${known.join(', ')}`)
    }
    read.set(category, {
      ...(dayMax !== undefined && { day: fields.limit(`${field}.day_max`, dayMax) }),
      ...(monthMax !== undefined && { month: fields.limit(`${field}.month_max`, monthMax) }),
    })
  }
  const limit =
    purchaseMax === undefined ? {} : { limit: fields.limit('account.limits.purchase_max', purchaseMax) }
  return {
    replaces,
    wallets: replaces || paths.includes(WALLETS) ? read : new Map(),
    ...((replaces || paths.includes(PURCHASE_MAX)) && { purchase: limit }),
  }
}
