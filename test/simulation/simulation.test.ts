import { expect } from 'chai'
import { loadPatched, loadSubject, type Subject } from '../support/engine-sources.js'
import { Coverage, orderText } from './coverage.js'
import { firstViolation, isWatchedByDefault, numbersFrom, simulate, simulateOne } from './histories.js'
import { knownMistakes } from './known-mistakes.js'
import { planFrom } from './plan.js'
import { shrink } from './shrink.js'
import type { Outcome } from './simulation.js'

/** Histories in a run of the tests. `make simulate-engine` simulates at least a hundred times as many. */
const SEEDS = 800
const MISTAKE_SEEDS_MAX = 1_000

describe('simulation of the engine', () => {
  let subject: Subject
  const outcomes = new Map<number, Outcome>()
  const coverage = new Coverage()

  before(async () => {
    subject = await loadSubject()
    const onEnd = (seed: number, outcome: Outcome): boolean => {
      outcomes.set(seed, outcome)
      coverage.add(outcome.coverage.counts)
      return true
    }
    await simulate(numbersFrom(0, SEEDS), { subject, onEnd })
  })

  it('finds no error', () => {
    expect(outcomes.size).to.equal(SEEDS)
    const wrong = [...outcomes].filter(([, { violation }]) => violation !== undefined)
    expect(
      wrong.map(([seed, { violation }]) => `make simulate-engine seed=${seed}: ${violation}`),
    ).to.deep.equal([])
  })

  it('follows the same path again, whether or not it is watched for rejections', async () => {
    for (const seed of numbersFrom(0, 40)) {
      const { hash } = await simulateOne(planFrom(seed), { subject, isWatched: !isWatchedByDefault(seed) })
      expect(hash, `seed=${seed}`).to.equal(outcomes.get(seed)?.hash)
    }
  })

  it('follows another path with another seed', () => {
    expect(new Set([...outcomes.values()].map(({ hash }) => hash)).size).to.equal(SEEDS)
  })

  for (const what of [
    'lost races',
    'writes that were made and not answered',
    'writes that others came between',
    'writes taken back',
    'reads from a former primary',
    'entries posted by two',
    'commits of several accounts',
    'commits of several entries',
    'journals filled',
    'verifications approved',
    'purchases approved for a rest',
    'purchases approved for a remainder found in the ledger',
    'purchases captured before',
    'holds opened',
    'steps: EXPIRED',
    'sweeps',
    'sweeps that failed',
    'commits of a sweep',
    'steps: CAPTURED',
    'steps: CAPTURED_OVER_TOLERANCE',
    'steps: CAPTURED_LATE',
    'steps: CAPTURED_AFTER_DECLINE',
    'steps: CAPTURED_UNSEEN',
    'steps: ALREADY_CAPTURED',
    'steps: ADVISED',
    'steps: ADVICE_OVERRIDES',
    'steps: REFUNDED',
    'steps: REFUNDED_UNLINKED',
    'debts made',
    'debts paid or cancelled',
    'posting failed',
    'disturbances: crash',
    'answers: decided before',
    'answers: the id is another one’s',
    'answers: rejected, nothing recorded',
    'no answer: too many wait',
    'no answer: no time left',
    'no answer: the store is away',
  ])
    it(`encounters ${what}`, () => {
      expect(coverage.of(what)).to.be.above(0)
    })

  it('encounters every two steps of a purchase in each order', () => {
    const orders = kinds.flatMap((first) => kinds.map((second) => orderText(first, second)))
    // A purchase is decided once, before its hold expires once.
    expect(orders.filter((order) => coverage.of(order) === 0)).to.deep.equal([
      orderText('AUTHORIZATION', 'AUTHORIZATION'),
      orderText('EXPIRY', 'AUTHORIZATION'),
      orderText('EXPIRY', 'EXPIRY'),
    ])
  })
})

/** The steps of a purchase. */
const kinds = ['AUTHORIZATION', 'INCREMENT', 'CAPTURE', 'ADVICE', 'REFUND', 'REVERSAL', 'EXPIRY'] as const

describe('the simulation of the engine finds', () => {
  for (const mistake of knownMistakes.filter(({ isRare }) => !isRare))
    it(mistake.name, async () => {
      const subject = await (mistake.patches ? loadPatched(mistake.patches) : loadSubject())
      const found = await firstViolation(numbersFrom(0, MISTAKE_SEEDS_MAX), { subject, mistake })
      expect(found).to.have.property('violation')
    })

  it('a short history of a mistake, step by step', async () => {
    const mistake = { name: 'early', commitsEarly: true }
    const subject = await loadSubject()
    const { seed = 0 } = (await firstViolation(numbersFrom(0, MISTAKE_SEEDS_MAX), { subject, mistake })) ?? {}
    const plan = await shrink(planFrom(seed), { subject, mistake })
    expect(plan.deeds).to.have.length.below(3)
    const lines: string[] = []
    const { violation } = await simulateOne(plan, { subject, mistake, onLine: (line) => lines.push(line) })
    expect(violation).to.contain('may yet be lost')
    expect(lines.join('\n')).to.match(/is asked: .*\n(.*\n)*.*commit .* is carried out: COMMITTED/)
  })

  it('that the sources have changed where a mistake is planted', async () => {
    const patch = { file: 'application/engine/engine.ts', text: 'what never stood there', instead: '' }
    const outcome = await loadPatched([patch]).catch((error: unknown) => String(error))
    expect(outcome).to.contain('src/application/engine/engine.ts does not have this once')
  })
})
