import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const folder = '.docs/decisions'
const records = readdirSync(folder).sort()

describe('decision records', () => {
  it('are numbered without a gap', () => {
    const numbers = records.map((name) => Number(name.slice(0, 4)))
    expect(numbers).to.deep.equal(records.map((_, index) => index + 1))
  })

  for (const name of records) {
    it(`have the same header: ${name}`, () => {
      const text = readFileSync(`${folder}/${name}`, 'utf8')
      expect(text).to.match(
        /^# (\d+)\. .+\n\n- Status: (proposed|accepted|replaced).*\n- Date: \d{4}-\d{2}-\d{2}.*\n\n## Context\n/,
      )
      expect(Number(text.slice(2, text.indexOf('.')))).to.equal(Number(name.slice(0, 4)))
      const sections = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
      expect(sections.filter((title) => title !== 'Alternatives')).to.deep.equal([
        'Context',
        'Decision',
        'Consequences',
      ])
    })
  }
})
