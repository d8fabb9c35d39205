import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { originalOf, translations } from '../../support/pages.js'
import { sectionsOf } from './sections.js'

describe('translations', () => {
  it('exist for the README and for the guides of integrators and back office', () => {
    expect(translations).to.have.members([
      'README.pt-BR.md',
      '.docs/guide/back-office.pt-BR.md',
      '.docs/guide/card-rail.pt-BR.md',
      '.docs/guide/integrate.pt-BR.md',
    ])
  })

  for (const page of translations) {
    const original = originalOf(page)
    const [translated, wanted] = [page, original].map((path) => sectionsOf(readFileSync(path, 'utf8')))

    it(`have the headings of the original, at the same levels: ${page}`, () => {
      expect(translated?.map(({ level }) => level)).to.deep.equal(wanted?.map(({ level }) => level))
    })

    for (const [index, { heading, shape }] of (wanted ?? []).entries()) {
      it(`have the commands, code, tables, links and numbers of the original: ${page}: ${heading}`, () => {
        expect(translated?.[index]?.shape).to.deep.equal(shape)
      })
    }
  }

  it('differ when a command, a row, a link or a number differs, but not for other words', () => {
    const page =
      '# One\nSee [a](a.md#b) and `x`, 1,234.5 times.\n```sh\nmake run # now\n```\n|a|b|\n|-|-|\n|c|d|\n'
    const [section] = sectionsOf(page)
    const shapeOf = (text: string) => sectionsOf(text)[0]?.shape
    const translated = page
      .replace('One', 'Um')
      .replace('1,234.5 times', '1.234,5 vezes')
      .replace('See', 'Veja')
      .replace('# now', '# agora')
    expect(shapeOf(translated.replace('a.md#b', 'a.pt-BR.md#c'))).to.deep.equal(section?.shape)
    for (const [from, to] of [
      ['make run', 'make test'],
      ['|c|d|\n', ''],
      ['a.md', 'c.md'],
      ['`x`', '`y`'],
      ['1,234.5', '1,235'],
    ] as const)
      expect(shapeOf(page.replace(from, to))).not.to.deep.equal(section?.shape)
  })
})
