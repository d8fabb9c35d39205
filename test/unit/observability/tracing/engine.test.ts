import { DiagLogLevel, diag } from '@opentelemetry/api'
import { expect } from 'chai'
import type { Budget } from '../../../../src/application/budget.js'
import type { Executor } from '../../../../src/application/engine/engine.js'
import { TraceRecorder } from '../../../support/traces/trace-recorder.js'

describe('an engine that is followed', () => {
  const complaints: string[] = []
  before(() => {
    const complain = (message: string) => complaints.push(message)
    const logger = { error: complain, warn: complain, info: complain, debug: complain, verbose: complain }
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  })
  after(() => diag.disable())

  for (const [what, endsEarly, verdicts] of [
    ['writes what was decided on the span of the call', false, ['REJECTED']],
    ['leaves the span alone when the call has ended before the decision', true, [undefined]],
  ] as const) {
    it(what, async () => {
      const recorder = new TraceRecorder()
      const call = recorder.call()
      const budget: Budget = { remainingMs: () => 1_000 }
      call.follow(budget)
      let decide: (verdict: object) => void = () => {}
      const inner = {
        waiting: 0,
        drain: async () => {},
        execute: () =>
          new Promise((resolve) => {
            decide = resolve
          }),
      }
      // Nothing else of an engine is used.
      const engine = recorder.tracing.engine(inner as unknown as Executor)
      const decided = engine.execute({ accountId: 'a', transactionIds: ['t'] } as never, budget)
      if (endsEarly) call.ended('UNAVAILABLE')
      decide({ type: 'REJECTED', rejection: 'ACCOUNT_NOT_FOUND' })
      await decided
      if (!endsEarly) call.ended('OK')
      expect(recorder.ended.map(({ attributes }) => attributes['benefits.verdict'])).to.deep.equal(verdicts)
      expect(complaints).to.deep.equal([])
    })
  }
})
