import { expect } from 'chai'
import { TallyLog } from '../../../../src/observability/logging/tally-log.js'
import { eventually } from '../../../support/eventually.js'

describe('tally log', () => {
  it('tells once a second how often something was', async () => {
    const lines: unknown[] = []
    const logger = { warn: (...line: unknown[]) => lines.push(line) } as never
    const log = new TallyLog({ logger, event: 'calls were rejected', field: 'rejected' })
    for (let call = 0; call < 5; call++) log.count()
    await eventually('it has told', () => lines.length > 0)
    for (let call = 0; call < 2; call++) log.count()
    await eventually('it has told again', () => lines.length > 1)
    expect(lines).to.deep.equal([
      [{ rejected: 5 }, 'calls were rejected'],
      [{ rejected: 2 }, 'calls were rejected'],
    ])
  })
})
