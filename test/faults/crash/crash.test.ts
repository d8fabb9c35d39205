import { expect } from 'chai'
import { describeCampaign } from '../harness/short-form.js'
import { crash } from './crash.js'

const KILLS = 3

describeCampaign(`a crash campaign in short: ${KILLS} kills of each under load`, crash(KILLS), (run) => {
  it('kills the service and the database the configured number of times', () => {
    expect(Object.fromEntries(run().campaign.struck)).to.deep.equal({ SERVICE: KILLS, DATABASE: KILLS })
  })

  it('leaves some calls without an answer, and repeats them', () => {
    expect(run().campaign.client.retries).to.be.greaterThan(0)
  })

  it('gets entries of every kind acknowledged', () => {
    const account = ['open', 'credit', 'status']
    const cardRail = ['authorize', 'increment', 'capture', 'advise', 'refund', 'reverse']
    expect([...run().campaign.book.acknowledgedByKind.keys()]).to.have.members([...account, ...cardRail])
  })
})
