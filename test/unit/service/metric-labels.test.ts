import { expect } from 'chai'
import { reasons } from '../../../src/domain/reason.js'
import { methodScopes } from '../../../src/grpc/tokens/method-scopes.js'
import { metricLabels } from '../../../src/service/metric-labels.js'

describe('the labels of metrics', () => {
  it('include every method that has a scope', () => {
    const paths = metricLabels.calls.map(({ service, method }) => `/${service}/${method}`)
    expect(paths).to.include.members([...methodScopes.keys()])
  })

  it('include every reason of an answer, and no other: nobody asks for an expiry', () => {
    const named = new Set(metricLabels.outcomes.map(({ reason }) => reason))
    expect([...named]).to.have.members(reasons.filter((reason) => reason !== 'EXPIRED'))
  })

  it('include the code 00 for every reason of a reversal, because it may be an advice', () => {
    const reversals = metricLabels.outcomes.filter(({ kind }) => kind === 'REVERSAL')
    const named = new Set(reversals.map(({ reason }) => reason))
    const granted = reversals.filter(({ code }) => code === '00').map(({ reason }) => reason)
    expect(granted).to.have.members([...named])
  })

  it('include each outcome once', () => {
    const outcomes = metricLabels.outcomes.map(({ kind, code, reason }) => `${kind} ${code} ${reason}`)
    expect(outcomes).to.deep.equal([...new Set(outcomes)])
  })

  it('include the seventeen status codes of gRPC', () => {
    expect(metricLabels.codes).to.have.length(17).and.to.include.members(['OK', 'UNAUTHENTICATED'])
  })
})
