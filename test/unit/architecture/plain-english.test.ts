import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { modulesIn } from './imports.js'
import { proseProblems } from './plain-english.js'

const root = process.cwd()

/** The folders whose English is clean. A folder joins them once its comments are. */
const cleanFolders = ['src/storage', 'src/observability', 'src/service', 'tools/dev']

/** The clean files: the entry points of `src`, the help that users read, and the pages that are clean. */
const cleanFiles = [
  ...modulesIn(root, 'src').filter((path) => /^src\/[^/]+$/.test(path)),
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
  const paths = [...cleanFolders.flatMap((folder) => modulesIn(root, folder)), ...cleanFiles]
  for (const path of paths) {
    it(`is written in ${path}`, () => {
      expect(proseProblems(path, readFileSync(join(root, path), 'utf8'))).to.deep.equal([])
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
})
