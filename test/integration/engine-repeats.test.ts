import { expect } from 'chai'
import type { AuthorizationEntry } from '../../src/domain/entry.js'
import { centavos } from '../../src/domain/money.js'
import type { Verdict } from '../../src/domain/verdict.js'
import type { Core } from '../../src/service/core.js'
import { fundedAccount } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { decideAllOn, somePurchase, useEngines } from '../support/processes/engines.js'

const typesOf = (verdicts: readonly Verdict[]) => verdicts.map(({ type }) => type).sort()

for (const count of [1, 2, 4]) {
  describe(`one transaction id 50 times at once, through ${count} of the engines`, () => {
    const engines = useEngines(count)
    let first: Core
    before(() => {
      const [core] = engines().cores
      if (!core) throw new Error('there is no engine')
      first = core
    })

    describe('with the same content', () => {
      let verdicts: readonly Verdict<AuthorizationEntry>[]
      let accountId: string
      before(async () => {
        accountId = await fundedAccount(first, { CASH: 5_000n })
        verdicts = await decideAllOn(engines().cores, accountId, Array(50).fill(somePurchase()))
      })

      it('debits once', async () => {
        expect((await readBook(engines().db, accountId)).balances).to.deep.equal({ CASH: 4_000n })
      })

      it('gives 50 equal answers', () => {
        const [one] = verdicts
        expect(verdicts.map(({ type, ...rest }) => rest)).to.deep.equal(
          Array(50).fill({ entry: one && 'entry' in one && one.entry }),
        )
      })

      it('creates one entry', async () => {
        const { entries } = await readBook(engines().db, accountId)
        expect(entries.filter(({ kind }) => kind === 'AUTHORIZATION')).to.have.lengthOf(1)
      })
    })

    describe('with 50 different contents', () => {
      let verdicts: readonly Verdict<AuthorizationEntry>[]
      let accountId: string
      before(async () => {
        accountId = await fundedAccount(first, { CASH: 500_000n })
        const { transactionId } = somePurchase()
        const purchases = Array.from({ length: 50 }, (_, index) =>
          somePurchase({ transactionId, amount: centavos(BigInt(index + 1)) }),
        )
        verdicts = await decideAllOn(engines().cores, accountId, purchases)
      })

      it('decides one of them and rejects the others as a reuse', () => {
        expect(typesOf(verdicts)).to.deep.equal(['RECORD', ...Array(49).fill('REUSED')])
      })

      it('repeats the answer of the decided one', () => {
        const recorded = verdicts.find(({ type }) => type === 'RECORD')
        const repeats = verdicts.flatMap((verdict) => (verdict.type === 'REUSED' ? [verdict.entry] : []))
        expect(repeats).to.deep.equal(Array(49).fill(recorded && 'entry' in recorded && recorded.entry))
      })
    })

    it('is a separate transaction on each account', async () => {
      const { cores } = engines()
      const accounts = await Promise.all(
        Array.from({ length: 50 }, () => fundedAccount(first, { CASH: 5_000n })),
      )
      const purchase = somePurchase()
      const decided = await Promise.all(accounts.map((account) => decideAllOn(cores, account, [purchase])))
      expect(typesOf(decided.flat())).to.deep.equal(Array(50).fill('RECORD'))
    })
  })
}
