import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { currentPages, guides, translations } from '../../support/pages.js'

const README_LINES_MAX = 160
const CELL_WORDS_MAX = 15
const PROSE_COLUMNS_MAX = 120

const makefile = readFileSync('Makefile', 'utf8')
const targets = new Set([...makefile.matchAll(/^([a-z-]+):.*## /gm)].map(([, target = '']) => target))
const variables = new Set(/^ARGUMENTS := (.*)$/m.exec(makefile)?.[1]?.split(' '))

/** The commands of make that a page shows, in sentences and in blocks. */
function makeCommandsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:`|^)(make (?:-s )?[a-z][^`#\n]*)(?:`|$| +#)/gm)].map(([, command = '']) =>
    command.trim(),
  )
}

/** Whether the Makefile has the target, and the variables that the command gives it. */
function isInMakefile(command: string): boolean {
  const words = command.split(' ').slice(1)
  return words
    .filter((word) => word !== '-s')
    .every((word) => (word.includes('=') ? variables.has(word.split('=')[0] ?? '') : targets.has(word)))
}

/** The table cells of a page that are too long. */
function longCellsIn(text: string): readonly string[] {
  return [...text.matchAll(/^\|(.*)\|$/gm)]
    .flatMap(([, row = '']) => row.split('|'))
    .map((cell) => cell.replace(/\]\([^)]*\)/g, ']').trim())
    .filter((cell) => cell.split(/\s+/).length > CELL_WORDS_MAX)
}

/** The lines of a page that are too long, code and tables left out. */
function longLinesIn(text: string): readonly string[] {
  return text
    .replace(/^```.*?^```$/gms, '')
    .split('\n')
    .filter((line) => !line.startsWith('|') && line.length > PROSE_COLUMNS_MAX)
}

describe('the README', () => {
  it(`has at most ${README_LINES_MAX} lines`, () => {
    const lines = readFileSync('README.md', 'utf8').trimEnd().split('\n')
    expect(lines.length).to.be.within(1, README_LINES_MAX)
  })
})

describe('pages', () => {
  for (const page of currentPages) {
    it(`show existing make targets: ${page}`, () => {
      const shown = makeCommandsIn(readFileSync(page, 'utf8'))
      expect(shown.filter((command) => !isInMakefile(command))).to.deep.equal([])
    })
  }

  for (const page of ['README.md', ...guides, ...translations]) {
    it(`have short cells and lines: ${page}`, () => {
      const text = readFileSync(page, 'utf8')
      expect({ cells: longCellsIn(text), lines: longLinesIn(text) }).to.deep.equal({ cells: [], lines: [] })
    })
  }

  it('show a missing make target only by mistake', () => {
    const text =
      'Run `make tests`, or `make faults kid=crash`.\n```sh\nmake -s sbom\nmake bench kind=quick   # short\n```\n'
    const shown = makeCommandsIn(text)
    expect(shown).to.deep.equal([
      'make tests',
      'make faults kid=crash',
      'make -s sbom',
      'make bench kind=quick',
    ])
    expect(shown.filter((command) => !isInMakefile(command))).to.deep.equal([
      'make tests',
      'make faults kid=crash',
    ])
  })
})
