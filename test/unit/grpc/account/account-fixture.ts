import type { AccountListQuery } from '../../../../src/application/account-list.js'
import { Statement, type StatementQuery } from '../../../../src/application/statement.js'
import type { Account } from '../../../../src/domain/account.js'
import { challengeCategories } from '../../../../src/domain/category.js'
import type { Entry } from '../../../../src/domain/entry.js'
import { accountHandlers } from '../../../../src/grpc/account/account-service.js'
import { creditHandlers } from '../../../../src/grpc/account/credit-handlers.js'
import { statementHandlers } from '../../../../src/grpc/account/statement-handlers.js'
import { PageGate } from '../../../../src/grpc/pages/page-gate.js'
import { catalogOf } from '../../../support/catalog/catalogs.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { testEngine } from '../../application/test-engine.js'

export const catalog = catalogOf(challengeCategories)

/** A number that a later contract may have. To read it as "any" in a filter would be a wrong answer. */
export const unknown = 99 as never

/** AccountService on a store in memory. Its accounts: a (active), b (blocked), c (closed), u (unopened). */
export function service({
  listed = [],
  older = [],
}: {
  listed?: readonly Account[]
  older?: readonly Entry[]
} = {}) {
  const { store, engine, clock } = testEngine()
  store.put(
    accountAfter('a', [steps.open('open'), steps.credit('fund', 'FOOD', 500n)]),
    accountAfter('b', [steps.open('open'), steps.status('block', 'BLOCKED')]),
    accountAfter('c', [steps.open('open'), steps.status('close', 'CLOSED')]),
    accountAfter('u', [steps.purchase('buy', 1n)]),
  )
  const listQueries: AccountListQuery[] = []
  const statementQueries: StatementQuery[] = []
  const list = {
    page: async (query: AccountListQuery) => {
      listQueries.push(query)
      return listed.filter(({ id }) => id > query.afterId).slice(0, query.limit)
    },
  }
  const statements = {
    page: async (query: StatementQuery) => {
      statementQueries.push(query)
      return older.slice(0, query.limit)
    },
  }
  const bugs: unknown[] = []
  const handlers = {
    clock,
    durationMsMax: 10_000,
    onBug: (error: unknown) => bugs.push(error),
    pages: new PageGate(),
  }
  const options = { engine, accounts: store, list, catalog: () => catalog, handlers }
  return {
    store,
    engine,
    listQueries,
    statementQueries,
    bugs,
    ...accountHandlers(options),
    ...creditHandlers({ engine, catalog: () => catalog, handlers }),
    ...statementHandlers(new Statement({ accounts: store, ledger: store, statements }), handlers),
  }
}
