import { accountHandlers } from '../../../src/grpc/account/account-service.js'
import { creditHandlers } from '../../../src/grpc/account/credit-handlers.js'
import { statementHandlers } from '../../../src/grpc/account/statement-handlers.js'
import { PageGate } from '../../../src/grpc/pages/page-gate.js'
import { type Core, systemClock } from '../../../src/service/core.js'
import { WAIT_MS_MAX } from '../eventually.js'

/** The methods of benefits.v1.AccountService on a Core, without a server. A bug fails the test run. */
export function accountMethods({ engine, accounts, accountList: list, statement, catalog }: Core) {
  const handlers = {
    clock: systemClock,
    durationMsMax: WAIT_MS_MAX,
    pages: new PageGate(),
    onBug: (cause: unknown) => {
      throw new Error('this was not to happen in a test', { cause })
    },
  }
  return {
    ...accountHandlers({ engine, accounts, list, catalog, handlers }),
    ...creditHandlers({ engine, catalog, handlers }),
    ...statementHandlers(statement, handlers),
  }
}
