import { expect } from 'chai'
import { callHandler } from '../../../support/clients/handler-call.js'
import { soon } from '../../application/soon.js'
import { service } from './account-fixture.js'

type Methods = ReturnType<typeof service>

const reads: Readonly<Record<string, (methods: Methods) => Promise<unknown>>> = {
  GetAccount: ({ getAccount }) => callHandler(getAccount, { accountId: 'a' }),
  GetTransaction: ({ getTransaction }) =>
    callHandler(getTransaction, { accountId: 'a', transactionId: 'open' }),
}

describe('300 callers who read one account or entry at once', () => {
  for (const [method, read] of Object.entries(reads)) {
    it(`read eight at a time, and all get an answer: ${method}`, async () => {
      const methods = service()
      const { store } = methods
      store.loading.hold()
      const all = Array.from({ length: 300 }, () => read(methods))
      await soon('eight are loading', () => store.loading.inProgress === 8)
      expect(store.calls.filter((call) => call === 'load')).to.have.length(8)
      store.loading.release()
      expect(await Promise.all(all)).to.have.length(300)
    })
  }
})
