import { expect } from 'chai'
import { Campaign } from './clock.js'
import { kinds } from './report.js'

const REPEATS = 200
/** Longest time for load and steps, in milliseconds. */
const TIME_MS_MAX = 500_000

const seed = Math.floor(Math.random() * 2 ** 32)

describe(`a campaign of steps of the wall clock in short: one of each kind under load, seed=${seed}`, () => {
  let campaign: Campaign
  let verified: { readonly accounts: number; readonly entries: number }

  before(async () => {
    const signal = AbortSignal.timeout(TIME_MS_MAX)
    campaign = await Campaign.start({ rounds: 1, kinds, seed, signal })
    await campaign.run()
    await campaign.trial.inspect({ repeats: REPEATS })
    verified = await campaign.trial.verify()
  })
  after(async () => {
    await campaign?.close({ keepFolder: campaign.problems.total > 0 })
  })

  it('steps the clocks in every way', () => {
    expect([...campaign.done.keys()]).to.have.members([...kinds])
  })

  it('asks again for acknowledged entries', () => {
    expect(campaign.trial.book.repeats).to.be.at.least(REPEATS)
  })

  it('looks at metrics and readiness of both services before and after each step', () => {
    expect(campaign.symptoms.looks).to.equal(kinds.length * 4)
  })

  it('changes no duration, loses, doubles and alters no entry, and leaves books that verify finds clean', () => {
    expect(campaign.problems.all).to.deep.equal([])
  })

  it('leaves as many entries in the ledger as were acknowledged', () => {
    expect(verified.entries).to.equal(campaign.trial.book.acknowledged)
  })
})
