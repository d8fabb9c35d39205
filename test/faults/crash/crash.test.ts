import { expect } from 'chai'
import { Campaign } from './crash.js'

const KILLS = 3
const REPEATS = 200
/** Longest time for load and kills, in milliseconds. */
const TIME_MS_MAX = 500_000

const seed = Math.floor(Math.random() * 2 ** 32)

describe(`a crash campaign in short: ${KILLS} kills of each under load, seed=${seed}`, () => {
  let campaign: Campaign
  let verified: { readonly accounts: number; readonly entries: number }

  before(async () => {
    campaign = await Campaign.start({ kills: KILLS, seed, signal: AbortSignal.timeout(TIME_MS_MAX) })
    await campaign.run()
    await campaign.trial.inspect({ repeats: REPEATS })
    verified = await campaign.trial.verify()
  })
  after(async () => {
    await campaign?.close({ keepFolder: campaign.problems.total > 0 })
  })

  it('kills the service and the database that often', () => {
    expect(campaign.kills).to.deep.equal({ service: KILLS, database: KILLS })
  })

  it('has calls that stay without an answer and are made again', () => {
    expect(campaign.trial.asker.retries).to.be.greaterThan(0)
  })

  it('acknowledges entries of every kind', () => {
    expect([...campaign.trial.book.acknowledgedByKind.keys()]).to.have.members([
      'open',
      'credit',
      'authorize',
      'reverse',
      'status',
    ])
  })

  it('asks again for acknowledged entries', () => {
    expect(campaign.trial.book.repeats).to.be.at.least(REPEATS)
  })

  it('loses no acknowledged entry, doubles none, alters none, and leaves books that verify finds clean', () => {
    expect(campaign.problems.all).to.deep.equal([])
  })

  it('leaves as many entries in the ledger as were acknowledged', () => {
    expect(verified.entries).to.equal(campaign.trial.book.acknowledged)
  })
})
