import { expect } from 'chai'
import { en } from '../../../console/text/en.js'
import { chooseLanguage } from '../../../console/text/language.js'
import { pt } from '../../../console/text/pt.js'
import { fromNow } from '../../../console/text/time.js'
import { reasons } from '../../../src/domain/reason.js'

describe('the texts of the console', () => {
  for (const [language, text] of [
    ['English', en],
    ['Portuguese', pt],
  ] as const) {
    it(`name every reason of the service, and no other, in ${language}`, () => {
      expect(Object.keys(text.reasons)).to.have.members([...reasons])
    })
  }
})

describe('a distance in time', () => {
  afterEach(() => chooseLanguage('en'))

  it('is said in the largest unit that it has', () => {
    const now = Date.parse('2026-11-30T12:00:00.000Z')
    expect(fromNow('2026-12-07T11:59:59.000Z', now)).to.equal('in 7 days')
    expect(fromNow('2026-12-01T11:00:00.000Z', now)).to.equal('in 23 hours')
    expect(fromNow('2026-11-30T12:01:00.000Z', now)).to.equal('in 1 minute')
    expect(fromNow('2026-11-30T11:59:57.000Z', now)).to.equal('3 seconds ago')
    chooseLanguage('pt')
    expect(fromNow('2026-12-02T12:00:00.000Z', now)).to.equal('em 2 dias')
  })
})

describe('the Portuguese of the console', () => {
  it('agrees with the gender of the entry', () => {
    const { verdict } = pt.entry
    expect(verdict(true, 'TRANSACTION_KIND_REVERSAL')).to.equal('Aprovado')
    expect(verdict(false, 'TRANSACTION_KIND_REVERSAL')).to.equal('Recusado')
    expect(verdict(false, 'TRANSACTION_KIND_AUTHORIZATION')).to.equal('Recusada')
    expect(verdict(true, 'TRANSACTION_KIND_CREDIT')).to.equal('Aprovada')
    expect(verdict(false, 'TRANSACTION_KIND_INCREMENT')).to.equal('Recusado')
    expect(verdict(true, 'TRANSACTION_KIND_CAPTURE')).to.equal('Aceita')
    expect(verdict(true, 'TRANSACTION_KIND_ADVICE')).to.equal('Aceito')
    expect(verdict(false, 'TRANSACTION_KIND_REFUND')).to.equal('Recusada')
  })
})
