import { expect } from 'chai'
import fc from 'fast-check'
import { table } from '../../../cli/terminal/table.js'

describe('a table', () => {
  const columns = [
    { title: 'name', breaks: 'ANYWHERE' as const },
    { title: 'R$', align: 'right' as const, breaks: 'NEVER' as const },
  ]

  it('is as wide as needed, with numbers aligned right and notes below', () => {
    const rows = [{ cells: ['ana', '1,00'] }, { cells: ['bia', '10,00'], note: 'id 1' }]
    expect(table(columns, rows, 80).split('\n')).to.deep.equal([
      'name     R$',
      '----  -----',
      'ana    1,00',
      'bia   10,00',
      '  id 1',
    ])
  })

  it('breaks long text between words, and within words that are too long for a line', () => {
    const rows = [{ cells: ['some words and an-endless-word-without-any-space', '1,00'] }]
    expect(table(columns, rows, 26).split('\n')).to.deep.equal([
      'name                    R$',
      '--------------------  ----',
      'some words and        1,00',
      'an-endless-word-with',
      'out-any-space',
    ])
  })

  it('never breaks an amount, and breaks ids last', () => {
    const wallets = [
      { title: 'account', breaks: 'WHOLE_WORDS' as const },
      { title: 'wallets', breaks: 'ANYWHERE' as const },
    ]
    const rows = [{ cells: ['6712b3eb3ec7354864d4274f', 'FOOD R$ 1.234,00, MEAL R$ 1.234,00'] }]
    expect(table(wallets, rows, 42).split('\n').slice(2)).to.deep.equal([
      '6712b3eb3ec7354864d4274f  FOOD',
      '                          R$ 1.234,00,',
      '                          MEAL R$ 1.234,00',
    ])
  })

  it('fits into 80 columns, whatever its text, if its numbers do', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', '大', 'é', '-'), maxLength: 60 })
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const titled = ['one', 'two', 'three', 'four'].map((title) => ({
          title,
          breaks: 'ANYWHERE' as const,
        }))
        const text = table(
          titled,
          rows.map((cells) => ({ cells })),
          80,
        )
        // A Han character takes two columns.
        const widths = text.split('\n').map((line) => line.length + (line.match(/大/g)?.length ?? 0))
        expect(Math.max(...widths)).to.be.at.most(80)
      }),
    )
  })
})
