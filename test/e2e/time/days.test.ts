import { expect } from 'chai'
import { CardHolder, Counter, isoOf } from '../../support/clients/card-holder.js'
import { cleanBooks } from '../../support/database/verified.js'
import { useService } from '../../support/processes/service-fixture.js'
import { useWallClocks } from '../../support/processes/wall-clock.js'

const SAO_PAULO = 'America/Sao_Paulo'
const NEW_YORK = 'America/New_York'

/** A midnight: the first moment of a day, whether it shows 00:00 or not. */
type Midnight = readonly [what: string, at: string, before: string, after: string]

const midnights: Readonly<Record<string, readonly Midnight[]>> = {
  [SAO_PAULO]: [
    ['an ordinary day', '2026-11-24T03:00:00.000Z', '2026-11-23', '2026-11-24'],
    ['a month of 31 days', '2027-02-01T03:00:00.000Z', '2027-01-31', '2027-02-01'],
    ['a month of 30 days', '2027-05-01T03:00:00.000Z', '2027-04-30', '2027-05-01'],
    ['February without a leap day', '2027-03-01T03:00:00.000Z', '2027-02-28', '2027-03-01'],
    ['the day before a leap day', '2028-02-29T03:00:00.000Z', '2028-02-28', '2028-02-29'],
    ['a leap day', '2028-03-01T03:00:00.000Z', '2028-02-29', '2028-03-01'],
    ['a year', '2027-01-01T03:00:00.000Z', '2026-12-31', '2027-01-01'],
    [
      'the day before summer time, whose 00:00 does not come',
      '2018-11-04T03:00:00.000Z',
      '2018-11-03',
      '2018-11-04',
    ],
    [
      'the last day of summer time, which has 25 hours',
      '2019-02-17T03:00:00.000Z',
      '2019-02-16',
      '2019-02-17',
    ],
  ],
  [NEW_YORK]: [
    ['an ordinary day', '2026-11-24T05:00:00.000Z', '2026-11-23', '2026-11-24'],
    ['the day before winter time', '2026-11-01T04:00:00.000Z', '2026-10-31', '2026-11-01'],
    ['a day of 25 hours', '2026-11-02T05:00:00.000Z', '2026-11-01', '2026-11-02'],
    ['a day of 23 hours', '2027-03-15T04:00:00.000Z', '2027-03-14', '2027-03-15'],
  ],
}

for (const [zone, ends] of Object.entries(midnights)) {
  describe(`limits by the days of ${zone}`, () => {
    const clocks = useWallClocks()
    const clock = clocks.of(0)
    const fixture = useService({ LIMITS_TIME_ZONE: zone, ...clocks.environment(0) })
    let counter: Counter
    before(() => {
      counter = new Counter(fixture().service.grpcAddress, clock)
    })
    after(() => counter.close())

    for (const [what, at, before, after] of ends) {
      describe(`at the end of ${what}`, () => {
        const lastMoment = new Date(Date.parse(at) - 1).toISOString()
        const isSameMonth = before.slice(0, 7) === after.slice(0, 7)
        let holder: CardHolder

        beforeEach(async () => {
          clock.standAt(lastMoment)
          holder = await CardHolder.open(counter, { day_max: 1_000, month_max: 2_500 })
          await holder.buy(counter, 1_000, 'old')
        })

        it(`count the last millisecond in ${before}`, async () => {
          expect(await holder.buy(counter, 1)).to.include({ code: '07', reason: 'REASON_AMOUNT_OVER_LIMIT' })
          const spent = { day: before, day_amount: '1000', month_amount: '1000' }
          expect(await holder.spending(counter)).to.deep.equal(spent)
        })

        it(`count the next one in ${after}, in ${isSameMonth ? 'the same' : 'another'} month`, async () => {
          clock.standAt(at)
          const { reason, decided_at } = await holder.buy(counter, 1_000, 'new')
          expect([reason, isoOf(decided_at)]).to.deep.equal(['REASON_APPROVED', at])
          const month_amount = isSameMonth ? '2000' : '1000'
          expect(await holder.spending(counter)).to.deep.equal({
            day: after,
            day_amount: '1000',
            month_amount,
          })
        })

        it('give a purchase of the old day back to its month, when the new day is in the same month', async () => {
          clock.standAt(at)
          await holder.buy(counter, 1_000, 'new')
          await holder.takeBack(counter, 'old', 400)
          const month_amount = isSameMonth ? '1600' : '1000'
          expect(await holder.spending(counter)).to.deep.equal({
            day: after,
            day_amount: '1000',
            month_amount,
          })
          expect(await holder.buy(counter, 1)).to.include({ reason: 'REASON_AMOUNT_OVER_LIMIT' })
        })

        it('repeat in the new day the answers of the old one', async () => {
          clock.standAt(at)
          const repeated = await holder.buy(counter, 1_000, 'old')
          expect({ ...repeated, decided_at: isoOf(repeated.decided_at) }).to.include({
            reason: 'REASON_APPROVED',
            replayed: true,
            decided_at: lastMoment,
          })
          expect(await holder.spending(counter)).to.include({ day: before })
        })

        it('stay in the new day when the clock is set back to the old one', async () => {
          clock.standAt(at)
          await holder.buy(counter, 600)
          clock.standAt(lastMoment)
          const { reason, decided_at } = await holder.buy(counter, 400)
          expect([reason, isoOf(decided_at)]).to.deep.equal(['REASON_APPROVED', lastMoment])
          expect(await holder.buy(counter, 1)).to.include({ reason: 'REASON_AMOUNT_OVER_LIMIT' })
          expect(await holder.spending(counter)).to.include({ day: after, day_amount: '1000' })
        })
      })
    }

    describe('afterwards', () => {
      it('leave books in which every centavo and every counter is explained', async () => {
        const { core, env } = fixture()
        await cleanBooks(core.client.db(env['MONGODB_DATABASE']))
      })
    })
  })
}
