import { expect } from 'chai'
import { OverloadLog } from '../../../src/observability/overload-log.js'
import { eventually } from '../../support/eventually.js'

describe('overload log', () => {
  it('tells once a second how many calls were refused', async () => {
    const lines: unknown[] = []
    const log = new OverloadLog({ warn: (line: unknown) => lines.push(line) } as never)
    for (let call = 0; call < 5; call++) log.refused()
    await eventually('it has told', () => lines.length > 0)
    for (let call = 0; call < 2; call++) log.refused()
    await eventually('it has told again', () => lines.length > 1)
    expect(lines).to.deep.equal([{ refused: 5 }, { refused: 2 }])
  })
})
