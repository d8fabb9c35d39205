import { expect } from 'chai'
import { describeCampaign } from '../harness/short-form.js'
import { clearing } from './clearing.js'

const LINES = 400
const KILLS = 2

/** The reasons of lines that every file of this length has. */
const reasons = [
  ...[
    'CAPTURED',
    'CAPTURED_OVER',
    'CAPTURED_OVER_TOLERANCE',
    'CAPTURED_LATE',
    'CAPTURED_AFTER_DECLINE',
    'CAPTURED_UNSEEN',
  ],
  ...['ALREADY_CAPTURED', 'ADVISED', 'REFUNDED', 'APPROVED'],
]

describeCampaign(
  `a clearing campaign in short: ${LINES} lines and ${KILLS} kills of the service`,
  clearing({ lines: LINES, kills: KILLS }),
  (run) => {
    it('books captures over, under, late and unseen, refunds, advices and reversals', () => {
      const report = run().campaign.prepared.report(run().ending)
      for (const reason of reasons) expect(report).to.match(new RegExp(` ${reason} [1-9]`))
      expect(report).to.match(/purchases whose sums were compared +100\n/)
    })
  },
)
