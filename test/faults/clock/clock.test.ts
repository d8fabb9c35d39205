import { expect } from 'chai'
import { describeCampaign } from '../harness/short-form.js'
import { clock } from './clock.js'
import { kinds } from './steps.js'

describeCampaign('a campaign of steps of the wall clock in short: one of each kind', clock(1), (run) => {
  it('steps the clocks in every way', () => {
    expect([...run().campaign.struck.keys()]).to.have.members([...kinds])
  })

  it('reads metrics and readiness of both services before and after each step', () => {
    const { campaign, ending } = run()
    const looks = new RegExp(`looks at metrics and readiness +${kinds.length * 4}\\n`)
    expect(campaign.prepared.report(ending)).to.match(looks)
  })

  it('changes no duration and no state', () => {
    expect(run().campaign.problems.count('TIME')).to.equal(0)
  })
})
