import { expect } from 'chai'
import { reasons } from '../../../src/domain/reason.js'
import { Reason } from '../../../src/gen/benefits/v1/authorization.js'
import { methodScopes } from '../../../src/grpc/tokens/method-scopes.js'
import { metricLabels } from '../../../src/service/metric-labels.js'

describe('the labels of metrics', () => {
  it('include every method that has a scope', () => {
    const paths = metricLabels.calls.map(({ service, method }) => `/${service}/${method}`)
    expect(paths).to.include.members([...methodScopes.keys()])
  })

  it('include every reason of the contract, and no other', () => {
    const named = new Set(metricLabels.outcomes.map(({ reason }) => reason))
    expect([...named]).to.have.members(reasons.filter((reason) => reason in Reason))
  })

  it('include the seventeen status codes of gRPC', () => {
    expect(metricLabels.codes).to.have.length(17).and.to.include.members(['OK', 'UNAUTHENTICATED'])
  })
})
