import { randomUUID } from 'node:crypto'
import type { AccountList, AccountListQuery, ListedAccount } from '../../application/account-list.js'
import type { AccountStore } from '../../application/account-store.js'
import { changeLimits } from '../../application/change-limits.js'
import { changeStatus } from '../../application/change-status.js'
import type { Executor } from '../../application/engine/engine.js'
import { openAccount } from '../../application/open-account.js'
import { readPlaces } from '../../application/places.js'
import type { Catalog } from '../../domain/catalog.js'
import {
  Account,
  AccountStatus,
  type CreateAccountRequest,
  type CreateAccountResponse,
  type GetAccountRequest,
  type GetAccountResponse,
  type ListAccountsRequest,
  type ListAccountsResponse,
  type UpdateAccountRequest,
  type UpdateAccountResponse,
} from '../../gen/benefits/v1/account.js'
import { CallError } from '../call-error.js'
import { entryOf } from '../entry-of.js'
import { type HandledCall, type HandlerOptions, pageHandler, unaryHandler } from '../handlers.js'
import { pageOf, SLICE } from '../pages/page.js'
import { pageSizeOf, readPageToken, writePageToken } from '../pages/page-token.js'
import { RequestFields } from '../request-fields.js'
import { readAccountChange, statusIn } from './account-change.js'
import { accountMessage } from './account-mapping.js'

export type AccountHandlersOptions = {
  readonly engine: Executor
  readonly accounts: AccountStore
  readonly list: AccountList
  readonly catalog: () => Catalog
  readonly handlers: HandlerOptions
}

/** Selects the accounts to list. */
type Listing = {
  readonly afterId: string
  readonly status: AccountListQuery['status'] | undefined
  /** Most accounts to list. */
  readonly count: number
}

/** The methods of benefits.v1.AccountService that open, read and change accounts. */
export function accountHandlers({ engine, accounts, list, catalog, handlers }: AccountHandlersOptions) {
  const places = readPlaces()
  return {
    createAccount: unaryHandler<CreateAccountRequest, CreateAccountResponse>(
      handlers,
      async (request, call) => {
        const fields = new RequestFields()
        const accountId =
          request.accountId === '' ? randomUUID() : fields.accountId('account_id', request.accountId)
        const transactionId = fields.optionalTransactionId('request_id', request.requestId) ?? randomUUID()
        fields.close()
        const opening = { transactionId, subject: subjectOf(call) }
        const verdict = await openAccount(engine, accountId, opening, call.budget)
        entryOf(verdict, () => new CallError('ACCOUNT_EXISTS'))
        return { account: await current(accountId) }
      },
    ),

    getAccount: unaryHandler<GetAccountRequest, GetAccountResponse>(handlers, async (request) => {
      const fields = new RequestFields()
      const accountId = fields.accountId('account_id', request.accountId)
      fields.close()
      return { account: await current(accountId) }
    }),

    listAccounts: pageHandler<ListAccountsRequest, ListAccountsResponse>(handlers, async (request) => {
      const { pageToken, status } = request
      const fields = new RequestFields()
      const isKnown = Object.values(AccountStatus).includes(status)
      fields.check(isKnown, 'status', 'must be ACTIVE, BLOCKED, CLOSED or unset')
      fields.close()
      const limit = pageSizeOf(request.pageSize)
      const afterId = readPageToken(pageToken, [status]) ?? ''
      const found = listed({ afterId, status: statusIn(status), count: limit + 1 })
      const page = { limit, write: message, codec: Account, turns: handlers.pages.turns }
      const { messages, last } = await pageOf(found, page)
      return { accounts: messages, nextPageToken: last ? writePageToken(last.id, [status]) : '' }
    }),

    updateAccount: unaryHandler<UpdateAccountRequest, UpdateAccountResponse>(
      handlers,
      async (request, call) => {
        const { categories } = catalog()
        const { accountId, status, limits } = readAccountChange(request, {
          subject: subjectOf(call),
          categories,
        })
        const verdict = limits
          ? await changeLimits(engine, accountId, limits, call.budget)
          : await changeStatus(engine, accountId, status, call.budget)
        entryOf(verdict, (rejection) => new CallError(rejection))
        return { account: await current(accountId) }
      },
    ),
  }

  /** Reads accounts in pieces: when accounts are large, a page holds only some of them. */
  async function* listed({ afterId, status, count }: Listing): AsyncGenerator<ListedAccount> {
    let after = afterId
    for (let rest = count; rest > 0; rest -= SLICE) {
      const limit = Math.min(rest, SLICE)
      const piece = await list.page({ afterId: after, limit, ...(status && { status }) })
      yield* piece
      after = piece.at(-1)?.id ?? after
      if (piece.length < limit) return
    }
  }

  async function current(accountId: string): Promise<Account> {
    const found = await places.run(() => accounts.load([accountId]))
    const account = found.get(accountId)
    if (!account || account.status === 'UNOPENED') throw new CallError('ACCOUNT_NOT_FOUND')
    return message(account)
  }

  function message(account: ListedAccount): Account {
    return accountMessage(
      account,
      catalog().categories.map(({ id }) => id),
    )
  }
}

function subjectOf({ principal }: HandledCall): string {
  return principal?.subject ?? ''
}
