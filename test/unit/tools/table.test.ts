import { expect } from 'chai'
import { table } from '../../../tools/table.js'

describe('table for a terminal', () => {
  it('has columns as wide as they need to be, numbers to the right', () => {
    expect(
      table(
        ['name', 'R$'],
        [
          ['ana', '1.00'],
          ['b', '20.00'],
        ],
      ),
    ).to.equal(['name     R$', '----  -----', 'ana    1.00', 'b     20.00'].join('\n'))
  })

  it('escapes control characters, and keeps each row on its line', () => {
    expect(table(['merchant'], [['A\u202eB\nC\u2028D']]).split('\n')[2]).to.equal('A\\u202eB\\u000aC\\u2028D')
  })
})
