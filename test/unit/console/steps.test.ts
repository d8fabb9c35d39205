import { expect } from 'chai'
import type { Simulation, WalletTried } from '../../../console/api/messages.js'
import { drawnSimulation, stepNames, stepsOf } from '../../../console/decision/steps.js'

const asked = { accountId: 'a1', amount: 1200n, mcc: '5411' }

/** The step that decides each reason. */
const deciders = {
  ACCOUNT_NOT_FOUND: 'exists',
  ALREADY_CAPTURED: 'notCaptured',
  ACCOUNT_CLOSED: 'open',
  ACCOUNT_BLOCKED: 'active',
  CURRENCY_NOT_SUPPORTED: 'currency',
  ALREADY_REVERSED: 'notReversed',
  MCC_NOT_PERMITTED: 'permitted',
  RAIL_NOT_PERMITTED: 'rail',
  HOLDS_FULL: 'wallets',
  INSUFFICIENT_BALANCE: 'wallets',
  APPROVED: 'wallets',
  VERIFIED: 'wallets',
} as const

describe('the steps in the diagram of a decision', () => {
  for (const [reason, step] of Object.entries(deciders)) {
    it(`end at "${step}" for ${reason}`, () => {
      const drawn = drawnSimulation(simulation(reason), asked)
      expect(drawn.decidedBy).to.equal(step)
      const states = stepsOf(drawn).map(({ state }) => state)
      const at = stepNames.indexOf(step)
      expect(states.slice(0, at).every((state) => state === 'passed')).to.equal(true)
      expect(states[at]).to.equal('decided')
      expect(states.slice(at + 1).every((state) => state === 'later')).to.equal(true)
    })
  }

  it('distinguish the limit of one purchase from those of a wallet', () => {
    const wallet = (outcome: string): WalletTried => ({ category: 'FOOD', balance: '5000', outcome })
    const unasked = ['WALLET_OUTCOME_NOT_ASKED', 'WALLET_OUTCOME_WRONG_RAIL'].map(wallet)
    const passed = simulation('AMOUNT_OVER_LIMIT', unasked)
    expect(drawnSimulation(passed, asked).decidedBy).to.equal('purchaseLimit')
    const daily = simulation('AMOUNT_OVER_LIMIT', [wallet('WALLET_OUTCOME_OVER_DAY_LIMIT')])
    expect(drawnSimulation(daily, asked).decidedBy).to.equal('wallets')
  })

  it('end at the id for a stored answer and for a reused id', () => {
    const stored = simulation('APPROVED')
    const replayed: Simulation = {
      ...stored,
      ...(stored.answer && { answer: { ...stored.answer, replayed: true } }),
    }
    expect(drawnSimulation(replayed, asked).decidedBy).to.equal('id')
    expect(drawnSimulation({}, asked).decidedBy).to.equal('id')
  })
})

function simulation(reason: string, wallets: readonly WalletTried[] = []): Simulation {
  const decision = reason === 'APPROVED' ? 'DECISION_APPROVED' : 'DECISION_DECLINED'
  return {
    answer: { transactionId: 't1', code: '00', decision, reason: `REASON_${reason}`, iso8583Code: '00' },
    wallets,
  }
}
