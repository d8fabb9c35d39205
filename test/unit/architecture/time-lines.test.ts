import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { momentsOf, scenarios } from '../../time-lines/scenarios.js'
import { TIME_LINES, timeLines } from '../../time-lines/time-lines.js'

const PAGE = '.docs/guide/card-rail.md'

describe('the time lines of the card rail', () => {
  for (const { path, picture } of timeLines()) {
    it(`are what the domain decides (or run npm run time-lines): ${path}`, () => {
      expect(readFileSync(path, 'utf8')).to.equal(picture)
    })
  }

  it('are all on their page, and no other picture is in the folder', () => {
    const paths = timeLines().map(({ path }) => path)
    const shown = [...readFileSync(PAGE, 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)]
    expect(shown.map(([, path = '']) => `.docs/guide/${path}`)).to.deep.equal(paths)
    expect(readdirSync(TIME_LINES).map((file) => `${TIME_LINES}/${file}`)).to.have.members(paths)
  })

  it('show a capture over its hold, a late one, and one of a purchase that was paid', () => {
    const reasons = Object.fromEntries(
      scenarios.map((scenario) => [scenario.name, momentsOf(scenario).map(({ reason }) => reason)]),
    )
    expect(reasons['tip']).to.include('CAPTURED_OVER')
    expect(reasons['fuel']).to.include('CAPTURED_OVER_TOLERANCE')
    expect(reasons['late']).to.include.members(['EXPIRED', 'CAPTURED_LATE'])
    expect(reasons['offline']).to.include.members(['ADVISED', 'ALREADY_CAPTURED'])
    expect(reasons['refund']).to.include.members(['REFUNDED', 'REFUNDED_UNLINKED'])
  })
})
