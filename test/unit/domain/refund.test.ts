import { expect } from 'chai'
import { benefit, freeBalance } from '../../../src/domain/category.js'
import { BALANCE_MAX, centavos } from '../../../src/domain/money.js'
import { decideRefund, type Refund } from '../../../src/domain/refund.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { challengeCatalog, padaria } from './builders.js'
import { CardAccount, effectOf } from './card-account.js'

const rich = { FOOD: 1_000n, MEAL: 1_000n, CASH: 1_000n }
const asked = { request: true } as const

describe('refund, rules 1 and 2: the id was decided before', () => {
  const refund: Refund = {
    transactionId: 'back',
    originalId: 'tx-1',
    amount: centavos(10n),
    mcc: '5411',
    merchant: padaria,
    network: { rrn: '1' },
    request: true,
  }
  const card = new CardAccount(rich)
  card.buy()
  const stored = card.refund({ ...refund })
  const { originalId: _, ...unlinked } = refund
  const { request: _request, ...booked } = refund
  const decide = (one: Refund) => decideRefund(card.history(), one, challengeCatalog, card.now)

  it('gives the stored answer to the same content', () => {
    expect(decide({ ...refund })).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  for (const [what, one] of [
    ['no original', unlinked],
    ['booked, which was asked', booked],
    ['another amount', { ...refund, amount: centavos(11n) }],
    ['another MCC', { ...refund, mcc: '5412' }],
    ['another merchant', { ...refund, merchant: '' }],
    ['other network data', { ...refund, network: { rrn: '2' } }],
  ] as const) {
    it(`is rejected as a reuse of the id: ${what}`, () => {
      expect(decide(one).type).to.equal('REUSED')
    })
  }
})

describe('refund, rules 3 to 6: nothing goes back', () => {
  it('is declined on an account that was never opened', () => {
    const card = new CardAccount({}, { status: 'UNOPENED' })
    expect(effectOf(card.refund())).to.equal('ACCOUNT_NOT_FOUND, nothing moved')
  })

  for (const [what, before] of [
    ['was never seen', () => undefined],
    ['is only held', (card: CardAccount) => card.hold()],
    ['was declined', (card: CardAccount) => card.buy({ amount: 5_000n })],
  ] as const) {
    it(`is declined when it was asked, and the purchase ${what}`, () => {
      const card = new CardAccount(rich)
      before(card)
      expect(effectOf(card.refund(asked))).to.equal('ORIGINAL_NOT_CAPTURED, nothing moved')
    })
  }

  it('is declined when it was asked, and is more than is left', () => {
    const card = new CardAccount(rich)
    card.buy()
    card.reverse({ amount: 30n })
    card.refund({ amount: 20n })
    expect(card.refund({ ...asked, amount: 51n }).reason).to.equal('AMOUNT_OVER_REMAINDER')
    expect(card.refund({ ...asked, amount: 50n }).reason).to.equal('REFUNDED')
  })

  it('is declined when the wallet has no room for it, held money included', () => {
    const card = new CardAccount({ FOOD: BALANCE_MAX })
    card.hold()
    expect(card.refundAny({ amount: 1n }).reason).to.equal('BALANCE_TOO_LARGE')
  })
})

describe('refund, rules 7 to 9: the money goes back', () => {
  it('has an approval code when it was asked, and none when it was booked', () => {
    const card = new CardAccount(rich)
    card.buy()
    expect(card.refund({ ...asked, amount: 10n }).approvalCode).to.match(/^[0-9A-Z]{6}$/)
    expect(card.refund({ amount: 10n })).not.to.have.property('approvalCode')
  })

  it('goes to the wallet that paid, even the free balance', () => {
    const card = new CardAccount({ FOOD: 1n, CASH: 100n })
    card.buy()
    expect(effectOf(card.refund())).to.equal('REFUNDED CASH 100 held 0 owed 0')
  })

  it('is booked although it is more than the purchase has left', () => {
    const card = new CardAccount(rich)
    card.buy()
    expect(effectOf(card.refund({ amount: 150n }))).to.equal('REFUNDED_OVER FOOD 150 held 0 owed 0')
  })

  for (const status of ['BLOCKED', 'CLOSED'] as const) {
    it(`is booked on an account that is ${status}`, () => {
      expect(new CardAccount(rich, { status }).refundAny().reason).to.equal('REFUNDED_UNLINKED')
    })
  }

  it('cancels first what the purchase itself made the wallet owe', () => {
    const card = new CardAccount({ FOOD: 30n })
    card.capture()
    expect(effectOf(card.refund({ amount: 80n }))).to.equal('REFUNDED FOOD 10 held 0 owed -70')
  })

  it('leaves what another purchase owes', () => {
    const card = new CardAccount({})
    card.capture({ originalId: 'tx-2' })
    card.credit()
    card.buy()
    expect(effectOf(card.refund())).to.equal('REFUNDED FOOD 100 held 0 owed 0')
    expect(card.standing().owed).to.equal(100n)
  })

  it('gives nothing back to the limits', () => {
    const card = new CardAccount(rich)
    card.buy()
    card.refund()
    expect(card.standing().counted).to.equal(100n)
  })

  const catalog = catalogOf([
    benefit({ id: 'FOOD', displayName: 'Food', order: 1, mccs: '5411', rails: ['VOUCHER'] }),
    freeBalance({ id: 'CASH', displayName: 'Free', rails: ['CREDIT'] }),
  ])
  for (const [what, over, wallet] of [
    ['to the benefit wallet of its MCC', { network: { rail: 'VOUCHER' } }, 'FOOD'],
    ['to the benefit wallet even over another rail', { network: { rail: 'CREDIT' } }, 'FOOD'],
    ['to the free balance, for an MCC without a benefit wallet', { mcc: '5999' }, 'CASH'],
  ] as const) {
    it(`goes ${what}, when no purchase is named`, () => {
      const { movement } = new CardAccount({}, { catalog }).refundAny(over)
      expect(movement?.wallet).to.equal(wallet)
    })
  }
})
