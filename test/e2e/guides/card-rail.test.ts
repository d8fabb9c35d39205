import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { useService } from '../../support/processes/service-fixture.js'
import { against } from '../cli/benefits.js'

const guide = readFileSync('.docs/guide/card-rail.md', 'utf8')
const [, block = ''] = /```sh\n([^`]*)```/.exec(guide) ?? []
/** The commands of the guide, each as its arguments. */
const commands = block
  .trim()
  .split('\n')
  .map((line) => Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain = '']) => quoted ?? plain))

describe('the guide to the card rail', () => {
  const run = against(useService())

  it('shows commands that hold, capture with a tip, and refund', async () => {
    const outputs: string[] = []
    for (const [program, ...args] of commands) {
      expect(program).to.equal('./benefits')
      const { code, stdout, stderr } = await run(...args)
      expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0)
      outputs.push(stdout)
    }
    const { purchase } = JSON.parse(outputs.at(-1) ?? '')
    expect(purchase).to.include({
      ...{ state: 'PURCHASE_STATE_CAPTURED', category: 'MEAL', authorizedAmount: '10000' },
      ...{ capturedAmount: '11500', excessAmount: '1500', refundedAmount: '2000', transactionCount: '3' },
    })
  })
})
