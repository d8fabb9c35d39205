import { expect } from 'chai'
import type { Workload } from '../../../bench/load/job.js'
import { type Purchase, Purchases } from '../../../bench/load/purchases.js'

const COUNT = 10_000

const workload: Workload = {
  seed: 7,
  transactionPrefix: 'run-1-',
  accounts: { prefix: 'bench-', count: 50 },
  amount: { min: 1, max: 9 },
  declinedAmount: 999_999,
  benefitMccs: ['5411', '5812'],
  cashMccs: ['5999'],
  merchants: ['PADARIA DO ZE'],
  repeatShare: 0.1,
  repeatDistance: { min: 500, max: 1_000 },
  declineShare: 0.2,
  cashShare: 0.3,
}

function drawn(of: Workload, underWay: (purchase: Purchase) => number = () => 0): readonly Purchase[] {
  const purchases = new Purchases(of)
  return Array.from({ length: COUNT }, () => {
    const purchase = purchases.next()
    purchase.underWay = underWay(purchase)
    return purchase
  })
}

function share(of: readonly Purchase[], which: (purchase: Purchase) => boolean): number {
  return of.filter(which).length / of.length
}

describe('the purchases of the load generator', () => {
  it('are the same for the same seed, and different for another', () => {
    expect(drawn(workload)).to.deep.equal(drawn(workload))
    expect(drawn({ ...workload, seed: 8 })).not.to.deep.equal(drawn(workload))
  })

  it('match the shares of the workload', () => {
    const all = [...new Set(drawn(workload))]
    const payable = all.filter(({ expected }) => expected !== 'DECLINED')
    expect(share(all, ({ expected }) => expected === 'DECLINED')).to.be.closeTo(0.2, 0.02)
    expect(share(payable, ({ expected }) => expected === 'CASH')).to.be.closeTo(0.3, 0.02)
    for (const { expected, amount, mcc } of all) {
      if (expected === 'DECLINED') expect(amount).to.equal(999_999)
      else expect(amount).to.be.within(1, 9)
      expect(mcc === '5999').to.equal(expected === 'CASH')
    }
  })

  it('repeat a request after the distance of the workload', () => {
    const all = drawn(workload)
    const seenAt = new Map<Purchase, number[]>()
    all.forEach((purchase, index) => {
      const before = seenAt.get(purchase) ?? []
      const isWithin = (earlier: number) => index - earlier >= 500 && index - earlier <= 1_000
      if (before.length > 0) expect(before.some(isWithin)).to.equal(true)
      seenAt.set(purchase, [...before, index])
    })
    const repeats = COUNT - seenAt.size
    expect(repeats / COUNT).to.be.within(0.08, 0.11)
    expect(new Set(all.map(({ id }) => id)).size).to.equal(COUNT - repeats)
  })

  it('do not repeat requests in flight', () => {
    const all = drawn(workload, () => 1)
    expect(new Set(all).size).to.equal(COUNT)
  })

  it('are captured in the order of their holds', () => {
    const approved = { ...workload, repeatShare: 0, declineShare: 0 }
    const holds = drawn({ ...approved, kind: 'HOLD' })
    const captures = drawn({ ...approved, kind: 'CAPTURE' })
    const taken = ({ accountId, amount, mcc }: Purchase) => ({ accountId, amount, mcc })
    expect(captures.map(taken)).to.deep.equal(holds.map(taken))
    expect(captures.map(({ originalId }) => originalId)).to.deep.equal(holds.map(({ id }) => id))
    expect(new Set([...holds, ...captures].map(({ id }) => id)).size).to.equal(2 * COUNT)
    expect(captures.every(({ expected }) => expected === 'CAPTURED')).to.equal(true)
  })

  it('use every account, or the hot one', () => {
    expect(new Set(drawn(workload).map(({ accountId }) => accountId)).size).to.equal(50)
    const hot = drawn({ ...workload, hotAccount: true })
    expect([...new Set(hot.map(({ accountId }) => accountId))]).to.deep.equal(['bench-0000000'])
  })
})
