import { expect } from 'chai'
import { missingPrograms, promtoolChecks, promtoolComplaint } from '../../tools/monitoring/promtool.js'

const isMissing = missingPrograms(['promtool']).length > 0
// The suite runs on Node.js, npm and make alone, and a pending test would fail it: so this line says what is left out.
if (isMissing) {
  process.stderr.write(
    'skipped, since promtool is not on the PATH: alert rules in action (make check-monitoring)\n',
  )
}

describe(`alert rules in action${isMissing ? ': skipped' : ''}`, function () {
  this.timeout(150_000)

  for (const { what, args } of isMissing ? [] : promtoolChecks) {
    it(what, () => {
      expect(promtoolComplaint(args)).to.equal(undefined)
    })
  }
})
