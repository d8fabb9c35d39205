import { expect } from 'chai'
import type { Simulation, Transaction, WalletTried } from '../../../console/api/messages.js'
import { drawnEntry, drawnSimulation, stepNames, stepsOf } from '../../../console/decision/steps.js'

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

  it('have a step for a hold only when the account needs room for one', () => {
    const last = (drawn: ReturnType<typeof drawnSimulation>) => stepsOf(drawn).at(-1)
    const hold = {}
    const full = drawnSimulation(simulation('HOLDS_FULL'), { ...asked, hold })
    expect(last(full)).to.deep.equal({ name: 'holdRoom', state: 'decided' })
    const poor = drawnSimulation(simulation('INSUFFICIENT_BALANCE'), { ...asked, hold })
    expect(last(poor)).to.deep.equal({ name: 'holdRoom', state: 'later' })
    const paying = simulation('APPROVED', [], { category: 'FOOD' })
    // An immediate category pays at once.
    expect(last(drawnSimulation(paying, { ...asked, hold }))).to.deep.equal({
      name: 'wallets',
      state: 'decided',
    })
    const holding = simulation('APPROVED', [], { category: 'FOOD', held: true })
    expect(last(drawnSimulation(holding, { ...asked, hold }))).to.deep.equal({
      name: 'holdRoom',
      state: 'decided',
    })
    expect(last(drawnSimulation(simulation('APPROVED'), asked))?.name).to.equal('wallets')
  })

  it('end the same for an entry', () => {
    const entry: Transaction = {
      transactionId: 't1',
      accountId: 'a1',
      seq: '1',
      kind: 'TRANSACTION_KIND_AUTHORIZATION',
      decision: 'DECISION_APPROVED',
      reason: 'REASON_APPROVED',
      amount: '1200',
      category: 'FOOD',
      delta: '-1200',
      hold: {},
      heldUntil: '2026-12-07T12:00:00.000Z',
    }
    expect(drawnEntry(entry)).to.include({ decidedBy: 'holdRoom', isHeld: true, takenOff: 0n })
    const { heldUntil: _, ...paid } = entry
    expect(drawnEntry(paid)).to.include({ decidedBy: 'wallets', isHeld: false, needsHold: false })
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

function simulation(
  reason: string,
  wallets: readonly WalletTried[] = [],
  answer: Partial<NonNullable<Simulation['answer']>> = {},
): Simulation {
  const decision = reason === 'APPROVED' ? 'DECISION_APPROVED' : 'DECISION_DECLINED'
  return {
    answer: {
      transactionId: 't1',
      code: '00',
      decision,
      reason: `REASON_${reason}`,
      iso8583Code: '00',
      ...answer,
    },
    wallets,
  }
}
