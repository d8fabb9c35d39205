import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { createClient } from '../../../src/storage/client.js'
import { CardHolder, Counter, isoOf } from '../../support/clients/card-holder.js'
import { cleanBooks } from '../../support/database/verified.js'
import { serviceEnvironment } from '../../support/processes/service-fixture.js'
import { useServices } from '../../support/processes/service-process.js'
import { useWallClocks } from '../../support/processes/wall-clock.js'

/** An hour apart, over the end of a day and a month in Sao Paulo. */
const AHEAD = '2026-12-01T03:30:00.000Z'
const BEHIND = '2026-12-01T02:30:00.000Z'

describe('two services on one database with clocks an hour apart', () => {
  const clocks = useWallClocks()
  const start = useServices()
  let env: Awaited<ReturnType<typeof serviceEnvironment>>
  let ahead: Counter
  let behind: Counter

  before(async () => {
    env = await serviceEnvironment()
    const open = async (place: number) => {
      const service = await start({ ...env, ...clocks.environment(place) })
      await service.untilEvent('serving')
      return new Counter(service.grpcAddress, clocks.of(place))
    }
    ;[ahead, behind] = await Promise.all([open(0), open(1)])
    clocks.of(0).standAt(AHEAD)
    clocks.of(1).standAt(BEHIND)
  })
  after(() => {
    ahead?.close()
    behind?.close()
  })

  it('repeat the answers of the other process, with its time', async () => {
    const holder = await CardHolder.open(ahead)
    const first = await holder.buy(ahead, 100, 'once')
    expect(await holder.buy(behind, 100, 'once')).to.deep.equal({ ...first, replayed: true })
    expect(isoOf(first.decided_at)).to.equal(AHEAD)
  })

  it('number entries in the order of creation, whatever their times, and page in that order', async () => {
    const holder = await CardHolder.open(ahead)
    const ids = Array.from({ length: 6 }, () => randomUUID())
    for (const [index, id] of ids.entries()) await holder.buy(index % 2 === 0 ? ahead : behind, 100, id)
    const statement = (await holder.statement(behind, 2)).toReversed()
    expect(statement.map(({ seq }) => Number(seq))).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const purchases = statement.slice(3)
    expect(purchases.map(({ transaction_id }) => transaction_id)).to.deep.equal(ids)
    const times = purchases.map(({ create_time }) => isoOf(create_time))
    expect(times).to.deep.equal([AHEAD, BEHIND, AHEAD, BEHIND, AHEAD, BEHIND])
  })

  it('count in the later day once either clock has reached it', async () => {
    const holder = await CardHolder.open(ahead, { day_max: 1_000 })
    const reasons = [
      await holder.buy(behind, 1_000),
      await holder.buy(behind, 1),
      await holder.buy(ahead, 600),
      await holder.buy(behind, 400),
      await holder.buy(behind, 1),
      await holder.buy(ahead, 1),
    ].map(({ reason }) => reason.replace('REASON_', ''))
    const [yes, no] = ['APPROVED', 'AMOUNT_OVER_LIMIT']
    expect(reasons).to.deep.equal([yes, no, yes, yes, no, no])
    const spent = { day: '2026-12-01', day_amount: '1000', month_amount: '1000' }
    expect(await holder.spending(ahead)).to.deep.equal(spent)
  })

  it('never exceed a daily limit under concurrent purchases', async () => {
    const holder = await CardHolder.open(ahead, { day_max: 1_000 })
    const asked = Array.from({ length: 40 }, (_, index) => holder.buy(index % 2 ? ahead : behind, 100))
    const approved = (await Promise.all(asked)).filter(({ code }) => code === '00')
    expect(approved.length).to.be.within(10, 20)
    expect(await holder.spending(ahead)).to.include({ day: '2026-12-01', day_amount: '1000' })
  })

  describe('afterwards', () => {
    it('leave books in which every centavo and every counter is explained', async () => {
      const client = createClient({ uri: env.MONGODB_URI, poolSizeMax: 2 })
      await cleanBooks(client.db(env.MONGODB_DATABASE)).finally(() => client.close())
    })
  })
})
