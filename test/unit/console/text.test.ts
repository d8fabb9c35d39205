import { expect } from 'chai'
import { pt } from '../../../console/text/pt.js'

describe('the Portuguese of the console', () => {
  it('agrees with the gender of the entry', () => {
    const { verdict } = pt.entry
    expect(verdict(true, 'TRANSACTION_KIND_REVERSAL')).to.equal('Aprovado')
    expect(verdict(false, 'TRANSACTION_KIND_REVERSAL')).to.equal('Recusado')
    expect(verdict(false, 'TRANSACTION_KIND_AUTHORIZATION')).to.equal('Recusada')
    expect(verdict(true, 'TRANSACTION_KIND_CREDIT')).to.equal('Aprovada')
  })
})
