import { expect } from 'chai'
import { Campaign, type Ending, type Fault, type Pace } from './campaign.js'

/** Acknowledged operations that are repeated at the end. */
const REPEATS = 200
/** Strikes come soon and the load leaves the processors to other tests: 24 workers make about 200 calls a second. */
const PACE: Pace = { strikePauseMsMax: 500, workerPauseMs: { min: 0, max: 200 } }
/** Longest time for load and strikes, in milliseconds. */
const TIME_MS_MAX = 500_000

type ShortForm = { readonly campaign: Campaign; readonly ending: Ending }

/**
 * Runs a campaign once, and defines the tests that every campaign must pass, and `more` tests. The title
 * shows the seed.
 */
export function describeCampaign(
  title: string,
  fault: Fault,
  more: (run: () => ShortForm) => void = () => {},
): void {
  const seed = Math.floor(Math.random() * 2 ** 32)
  describe(`${title}, seed=${seed}`, () => {
    let campaign: Campaign | undefined
    let ending: Ending | undefined
    const run = () => {
      if (!campaign || !ending) throw new Error('the campaign runs in the hooks of the suite')
      return { campaign, ending }
    }
    before(async () => {
      campaign = await Campaign.start(fault, {
        name: 'short',
        seed,
        pace: PACE,
        signal: AbortSignal.timeout(TIME_MS_MAX),
      })
      await campaign.run()
      ending = await campaign.inspect({ repeats: REPEATS })
    })
    after(async () => {
      await campaign?.close({ keepFolder: campaign.problems.total > 0 })
    })

    it('strikes as often as it should', () => {
      expect(run().campaign.missing).to.equal(0)
    })

    it('repeats acknowledged operations', () => {
      expect(run().campaign.book.repeats).to.be.at.least(REPEATS)
    })

    it('loses, duplicates and alters no acknowledged entry, and leaves books that verify finds clean', () => {
      expect(run().campaign.problems.all).to.deep.equal([])
    })

    it('leaves exactly the acknowledged entries and the expiries in the ledger', () => {
      const { book, prepared } = run().campaign
      const { entries, expiries } = run().ending
      expect(entries - expiries).to.equal(book.acknowledged + (prepared.ownEntries?.() ?? 0))
    })

    more(run)
  })
}
