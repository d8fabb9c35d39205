import { expect } from 'chai'
import { fieldProblemsIn, reasonIn } from '../../../console/api/error-details.js'
import { BadRequest, ErrorInfo } from '../../../src/gen/google/rpc/error_details.js'

describe('error details of the console', () => {
  it('are read as the service writes them', () => {
    const info = ErrorInfo.encode({
      reason: 'ACCOUNT_NOT_FOUND',
      domain: 'benefits.v1',
      metadata: { account: 'a'.repeat(200) },
    }).finish()
    const request = BadRequest.encode({
      fieldViolations: [
        { field: 'amount', description: 'must be 1 or more', reason: '', localizedMessage: undefined },
        { field: 'mcc', description: 'tem quatro dígitos', reason: '', localizedMessage: undefined },
      ],
    }).finish()
    const details = [detail('google.rpc.BadRequest', request), detail('google.rpc.ErrorInfo', info)]
    expect(reasonIn(details)).to.equal('ACCOUNT_NOT_FOUND')
    expect(fieldProblemsIn(details)).to.deep.equal([
      { field: 'amount', description: 'must be 1 or more' },
      { field: 'mcc', description: 'tem quatro dígitos' },
    ])
  })

  it('are empty when the service sent none', () => {
    expect(reasonIn([])).to.equal(undefined)
    expect(fieldProblemsIn([])).to.deep.equal([])
  })
})

function detail(type: string, message: Uint8Array) {
  // The Connect protocol leaves the padding out.
  return { type, value: Buffer.from(message).toString('base64').replaceAll('=', '') }
}
