import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { modulesIn } from './imports.js'
import { proseProblems, titleProblems } from './plain-english.js'

const root = process.cwd()

/** The folders whose English is clean, generated code apart. A folder joins them once its comments are clean. */
const cleanFolders = [
  ...['src', 'cli', 'console', 'tools/dev', 'tools/deploy'],
  ...['test/model', 'test/sharded', 'test/simulation'],
]

/** The clean files: shared modules of `tools`, the help that users read, and the pages that are clean. */
const cleanFiles = [
  ...modulesIn(root, 'tools').filter((path) => /^tools\/[^/]+$/.test(path)),
  'Makefile',
  '.env.example',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...['architecture', 'metrics', 'performance', 'runbook'].map((name) => `.docs/${name}.md`),
  ...['decisions', 'guide', 'reliability'].flatMap((folder) => pagesIn(`.docs/${folder}`)),
]

function pagesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}

describe('plain English', () => {
  const modules = cleanFolders.flatMap((folder) => modulesIn(root, folder))
  const paths = [...modules.filter((path) => !path.startsWith('src/gen/')), ...cleanFiles]
  for (const path of paths) {
    it(`is written in ${path}`, () => {
      expect(proseProblems(path, readFileSync(join(root, path), 'utf8'))).to.deep.equal([])
    })
  }
})

describe('plain English in the names of tests', () => {
  for (const folder of ['test/unit', 'test/integration', 'test/e2e']) {
    it(`is written in ${folder}`, () => {
      const paths = modulesIn(root, folder).filter((path) => path.endsWith('.test.ts'))
      expect(paths).to.not.deep.equal([])
      const problems = paths.flatMap((path) => titleProblems(path, readFileSync(join(root, path), 'utf8')))
      expect(problems).to.deep.equal([])
    })
  }
})

describe('the check of plain English', () => {
  const words = (count: number) => 'word '.repeat(count).trim()

  for (const [path, source, problem] of [
    ['x.ts', '// Told of every decision.\n', 'x.ts:1 "Told of": write log, report or call'],
    ['x.ts', '/** Told when it is over. */\n', 'x.ts:1 "Told when": write called when'],
    ['x.ts', '/**\n * For whoever\n * looks.\n */\n', 'x.ts:2 "whoever": write name the actor'],
    ['x.ts', '// What is told\n// of a call.\n', 'x.ts:1 "told of": write log, report or call'],
    ['x.ts', '// A body that is no JSON.\n', 'x.ts:1 "that is no JSON": write not a'],
    ['x.ts', 'f() // so much that it fails\n', 'x.ts:1 "so much that": write too much, or a number'],
    ['x.ts', '\n/* Wallets, of which there are two. */\n', 'x.ts:2 "of which": write two sentences'],
    ['x.ts', `f()\n// ${words(22)}s\n`, 'x.ts:2 a comment of 113 columns: wrap it'],
    ['x.ts', `f() // ${words(21)}\n`, 'x.ts:1 a comment of 111 columns: wrap it'],
    [
      'x.md',
      'One\n\nWhat is no call is cut.\n',
      'x.md:3 "What is no": write a noun, such as non-call traffic',
    ],
    [
      'Makefile',
      'run: build ## Whoever runs it\n\techo whoever\n',
      'Makefile:1 "Whoever": write name the actor',
    ],
    ['.env.example', 'A=1\n# Whoever\n', '.env.example:2 "Whoever": write name the actor'],
  ] as const) {
    it(`reports ${problem}`, () => {
      expect(proseProblems(path, source)).to.deep.equal([problem])
    })
  }

  for (const [what, path, source] of [
    ['a phrase in code', 'x.ts', `const event = 'whoever is told of it'\n`],
    ['a phrase in backticks', 'x.ts', '// The event is `told of`.\n'],
    ['a comparison', 'x.ts', '// A page that is no older than its request.\n'],
    ['a count before "of which"', 'x.ts', '// Two indexes, one of which is partial.\n'],
    ['two comments with code between them', 'x.ts', '// It was told\nf() // of a call\n'],
    ['a word that contains a phrase', 'x.ts', '// The threshold of a limit.\n'],
    ['a long line of code', 'x.ts', `const text = '${words(30)}'\n`],
    ['a long link', 'x.ts', `// https://example.com/${'a'.repeat(120)}\n`],
    ['a long @see', 'x.ts', `/**\n * @see https://example.com/${'a'.repeat(120)}\n */\n`],
    ['a long directive', 'x.ts', `// biome-ignore lint/style/noEnum: ${words(30)}\nf()\n`],
    ['a line of 110 columns', 'x.ts', `// ${words(21)}wor\n`],
    ['code in a page', 'x.md', '```\nwhoever\n```\n`told of` is a phrase.\n'],
    ['a long line of a page', 'x.md', `${words(40)}\n`],
    ['a recipe', 'Makefile', `run:\n\techo whoever ${words(30)}\n`],
    ['a value', '.env.example', `A=whoever ${words(30)}\n`],
  ] as const) {
    it(`accepts ${what}`, () => {
      expect(proseProblems(path, source)).to.deep.equal([])
    })
  }

  it('reports a phrase in the name of a test', () => {
    const source = "describe('a log', () => {\n  it('is told of each call', () => {})\n})\n"
    expect(titleProblems('x.test.ts', source)).to.deep.equal([
      'x.test.ts:2 "told of": write log, report or call',
    ])
  })

  it('accepts a phrase in an expression of a name, and in other texts of a test', () => {
    const source = 'it(`is $' + "{whoever}`, () => { use('told of') })\n"
    expect(titleProblems('x.test.ts', source)).to.deep.equal([])
  })
})
