import { expect } from 'chai'
import { numbersFrom, simulate, Total } from '../../simulation/histories.js'
import type { Outcome } from '../../simulation/simulation.js'
import { loadSubject } from '../../support/engine-sources.js'
import { make } from './make.js'

/** More than a thread simulates at a time: several threads share them. */
const SEEDS = 25

describe('make simulate-engine', () => {
  it('runs the same histories on all processors as on one', async () => {
    const total = new Total()
    const onEnd = (_seed: number, outcome: Outcome): boolean => {
      total.addOutcome(outcome)
      return true
    }
    await simulate(numbersFrom(800, 800 + SEEDS), { subject: await loadSubject(), onEnd })

    const { code, stdout, stderr } = await make(['simulate-engine', 'seed=800', `seeds=${SEEDS}`])
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    const figures = new Map(
      [...stdout.matchAll(/^ {2}(\S.*?) +([\d,]+)$/gm)].map(([, what, value = '']) => [
        what,
        Number(value.replaceAll(',', '')),
      ]),
    )
    const counted = { histories: total.histories, steps: total.steps, ...Object.fromEntries(total.counts) }
    const speed = ['histories a second', 'histories a second of processor time']
    expect([...figures.keys()]).to.include.members(speed)
    for (const what of speed) figures.delete(what)
    expect(Object.fromEntries(figures)).to.deep.equal(counted)
    expect(stdout).to.contain('1 of them went the same way twice; nothing was wrong in any')
  })

  it('shows one history, line by line', async () => {
    const { code, stdout } = await make(['simulate-engine', 'seed=800'])
    expect(code).to.equal(0)
    expect(stdout).to.match(
      / ms {2}P1\.1 starts\n(.*\n)*.* is asked: (.*\n)*seed=800 went the way [0-9a-f]+\n$/,
    )
  })

  it('rejects a seed that is not a number', async () => {
    const { code, stderr } = await make(['simulate-engine', 'seed=seven'])
    expect(code).to.equal(2)
    expect(stderr).to.equal('simulate-engine: seed= is a whole number of at most nine digits\n')
  })
})
