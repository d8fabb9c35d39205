import { expect } from 'chai'
import { DecisionLog } from '../../../../src/observability/logging/decision-log.js'
import { eventually } from '../../../support/eventually.js'

type Line = { readonly level: string; readonly event: string; readonly fields: Record<string, unknown> }

/** A logger that keeps its lines. */
function loggerAt(lowest: 'debug' | 'info') {
  const lines: Line[] = []
  const write = (level: string) => (fields: Record<string, unknown>, event: string) =>
    lines.push({ level, event, fields })
  const isLevelEnabled = (level: string) => level === 'info' || lowest === 'debug'
  return { lines, logger: { debug: write('debug'), info: write('info'), isLevelEnabled } as never }
}

function decision(over: object = {}) {
  return {
    kind: 'AUTHORIZATION',
    code: '00',
    reason: 'APPROVED',
    replayed: false,
    durationMs: 1.23456,
    ...over,
  }
}

const caller = () => ({ requestId: 'r-1', subject: 'switch' })
const declined = { code: '51', reason: 'INSUFFICIENT_BALANCE' }

describe('decision log', () => {
  it('has a line for each decision, with its caller', () => {
    const { lines, logger } = loggerAt('info')
    const log = new DecisionLog({ logger, approvalsMax: 5 })
    log.decided(decision({ category: 'FOOD' }), caller)
    log.close()
    expect(lines).to.deep.equal([
      {
        level: 'info',
        event: 'decision',
        fields: { ...decision({ category: 'FOOD' }), durationMs: 1.23, ...caller() },
      },
    ])
  })

  it('shows the configured number of approvals a second, and how many it left out', async () => {
    const { lines, logger } = loggerAt('info')
    const log = new DecisionLog({ logger, approvalsMax: 2 })
    for (let purchase = 0; purchase < 5; purchase++) log.decided(decision(), caller)
    await eventually('it has told', () => lines.length > 2)
    expect(lines.map(({ fields }) => fields['leftOut'])).to.deep.equal([undefined, undefined, 3])
    log.decided(decision(), caller)
    expect(lines.at(-1)?.event).to.equal('decision')
    log.close()
  })

  it('omits no decline, whatever else it omits', () => {
    const { lines, logger } = loggerAt('info')
    const log = new DecisionLog({ logger, approvalsMax: 0 })
    for (let purchase = 0; purchase < 50; purchase++) {
      log.decided(decision(), caller)
      log.decided(decision(declined), caller)
    }
    log.close()
    expect(lines.filter(({ fields }) => fields['code'] === '51')).to.have.length(50)
    expect(lines.filter(({ fields }) => fields['code'] === '00')).to.have.length(0)
  })

  it('logs the last omitted number when it is closed', () => {
    const { lines, logger } = loggerAt('info')
    const log = new DecisionLog({ logger, approvalsMax: 0 })
    log.decided(decision(), caller)
    log.close()
    expect(lines.map(({ fields }) => fields)).to.deep.equal([{ leftOut: 1 }])
  })

  it('omits nothing at level debug, and logs no omitted number', () => {
    const { lines, logger } = loggerAt('debug')
    const log = new DecisionLog({ logger, approvalsMax: 1 })
    for (let purchase = 0; purchase < 3; purchase++) log.decided(decision(), caller)
    log.close()
    expect(lines.map(({ level, event }) => `${level} ${event}`)).to.deep.equal([
      'info decision',
      'debug decision',
      'debug decision',
    ])
  })
})
