import { expect } from 'chai'
import { changeLimits } from '../../../src/application/change-limits.js'
import { changeStatus } from '../../../src/application/change-status.js'
import { creditAccount } from '../../../src/application/credit-account.js'
import type { Executor } from '../../../src/application/engine/engine.js'
import { openAccount } from '../../../src/application/open-account.js'
import { reverse } from '../../../src/application/reverse.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { centavos } from '../../../src/domain/money.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { accountAfter, steps } from '../../support/database/example-books.js'
import { patience } from './fixtures.js'
import { testEngine } from './test-engine.js'

const catalog = catalogOf(challengeCategories)
const subject = 'ana'

describe('a change whose entry has left the journal', () => {
  const whole = accountAfter('a', [
    steps.open('open'),
    steps.credit('credit', 'FOOD', 100n),
    steps.purchase('buy', 30n),
    steps.reverse('back', 'buy', 10n),
    steps.limits('limits', { purchase: 50n }),
    steps.status('block', 'BLOCKED'),
    steps.credit('latest', 'CASH', 1n),
  ])
  const changes: Readonly<Record<string, (engine: Executor) => Promise<unknown>>> = {
    open: (engine) => openAccount(engine, 'a', { transactionId: 'open', subject }, patience),
    credit: (engine) => {
      const credit = { transactionId: 'credit', wallet: 'FOOD', amount: centavos(100n) }
      return creditAccount({ engine, catalog: () => catalog }, 'a', credit, patience)
    },
    back: (engine) => {
      const reversal = { transactionId: 'back', originalId: 'buy', amount: centavos(10n), described: {} }
      return reverse(engine, 'a', reversal, patience)
    },
    limits: (engine) => {
      const change = { transactionId: 'limits', subject, replaces: true, wallets: new Map() }
      return changeLimits(engine, 'a', { ...change, purchase: { limit: centavos(50n) } }, patience)
    },
    block: (engine) =>
      changeStatus(engine, 'a', { transactionId: 'block', status: 'BLOCKED', subject }, patience),
  }

  for (const [transactionId, change] of Object.entries(changes)) {
    it(`is not made again: ${transactionId}`, async () => {
      const { store, engine } = testEngine()
      store.put({ ...whole, journal: whole.journal.slice(-1) })
      store.putInLedger(...whole.journal)
      const entry = whole.journal.find((one) => one.transactionId === transactionId)
      expect(await change(engine)).to.deep.equal({ type: 'REPLAY', entry })
      expect(store.committed).to.deep.equal([])
    })
  }
})
