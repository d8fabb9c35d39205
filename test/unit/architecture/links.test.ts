import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { guides, translations } from '../../support/pages.js'
import { anchorsOf, linksIn, pagesBelow } from './links.js'

const pages = pagesBelow('.')

/** The broken links of a page, as written. */
function brokenLinksIn(path: string, text: string): readonly string[] {
  return linksIn(text)
    .filter(({ path: target, anchor }) => {
      const file = target === '' ? path : join(dirname(path), target)
      if (!existsSync(file)) return true
      return anchor !== '' && !anchorsOf(readFileSync(file, 'utf8')).has(anchor)
    })
    .map(({ path: target, anchor }) => (anchor === '' ? target : `${target}#${anchor}`))
}

describe('links between pages', () => {
  for (const page of pages) {
    it(`lead to existing targets: ${page}`, () => {
      expect(brokenLinksIn(page, readFileSync(page, 'utf8'))).to.deep.equal([])
    })
  }

  it('connect every guide with the README', () => {
    const reached = linksIn(readFileSync('README.md', 'utf8')).map(({ path }) => path)
    expect(reached).to.include.members([...guides])
  })

  it('connect every page in Portuguese with the README in Portuguese, which the README links', () => {
    const [first, ...others] = translations
    const reached = linksIn(readFileSync('README.pt-BR.md', 'utf8')).map(({ path }) => path)
    expect(reached).to.include.members(others)
    expect(linksIn(readFileSync('README.md', 'utf8')).map(({ path }) => path)).to.include(first)
  })

  it('are broken when the file or the heading does not exist', () => {
    const text =
      '[a](CHANGELOG.md) [b](NOTHING.md) [c](SECURITY.md#floods) [d](SECURITY.md#fluds) `[e](NO.md)`'
    expect(brokenLinksIn('README.md', text)).to.deep.equal(['NOTHING.md', 'SECURITY.md#fluds'])
  })
})

describe('anchors', () => {
  it('equal those of GitHub', () => {
    const page = '# The key (RS256, PS256)\n## `JWT_SECRET`, again\n## [A](b.md) link\n## Twice\n## Twice\n'
    const block = '```sh\n# no heading\n```\n'
    expect([...anchorsOf(page + block)]).to.deep.equal([
      'the-key-rs256-ps256',
      'jwt_secret-again',
      'a-link',
      'twice',
      'twice-1',
    ])
  })
})
