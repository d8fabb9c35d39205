import { expect } from 'chai'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { cardRailCalls, MovedClock } from '../support/database/card-rail-calls.js'
import { eventually } from '../support/eventually.js'
import { postAll } from '../support/processes/engines.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'

const DAY_MS = 86_400_000

describe('the metrics of the card rail', () => {
  const start = useServices()

  it('show what a database has open when the service starts', async () => {
    const env = await serviceEnvironment()
    const clock = new MovedClock()
    // The middle of the period whose early reversals count: one to two days ago.
    clock.advance(-1.5 * DAY_MS)
    const core = await openCore(env.MONGODB_URI, env.MONGODB_DATABASE, { clock })
    const calls = cardRailCalls(core, await fundedAccount(core, { CASH: 1_000n }))
    await calls.hold(300n, { id: 'one', seconds: 7 * 86_400 })
    await calls.hold(50n, { id: 'other', seconds: 7 * 86_400 })
    await calls.capture({ originalId: 'unseen', amount: 675n })
    await calls.reverse({ originalId: 'never came', amount: 100n })
    await postAll([core])
    const service = await start(env)
    const metric = (name: string) => readMetric(service.httpUrl, name)
    await eventually(
      'the service has counted',
      async () => (await metric('benefits_unmatched_early_reversals')) === 1,
    )
    expect(await metric('benefits_open_holds')).to.equal(2)
    expect(await metric('benefits_held_centavos')).to.equal(350)
    expect(await metric('benefits_owing_accounts')).to.equal(1)
    expect(await metric('benefits_owed_centavos')).to.equal(25)
    expect(await metric('benefits_card_rail_totals_age_seconds')).to.be.above(0)
  })
})
