import { parseSync, Visitor } from 'oxc-parser'

/** A phrase that a native reader stumbles over, and its replacement. */
type Phrase = { readonly pattern: RegExp; readonly instead: string }

/** Longest line of a comment, in characters: the formatter's limit for code. */
const LINE_LENGTH_MAX = 110

/** Stands for text that is not prose: no phrase matches across it. */
const NOT_PROSE = '\0'

/** The worst phrases. No pattern may match correct English. */
const phrases: readonly Phrase[] = [
  { pattern: /\bt(?:ell|ells|old) of\b/i, instead: 'log, report or call' },
  { pattern: /\bTold (?:when|whenever|once|before|after)\b/, instead: 'called when' },
  { pattern: /\bas it is told\b/i, instead: 'name the message' },
  { pattern: /\bwh(?:o|om)ever\b/i, instead: 'name the actor' },
  { pattern: /\bwhat (?:is|was|are|were) no\b/i, instead: 'a noun, such as non-call traffic' },
  { pattern: /\b(?:is|are|was|were) no \w+ any ?more\b/i, instead: 'no longer' },
  {
    pattern: /\b(?:that|which) (?:is|are|was|were) (?:none\b|no (?!(?:longer|more|less|[a-z]+er)\b)[a-z]+)/i,
    instead: 'not a',
  },
  { pattern: /\bnobody's any ?more\b/i, instead: 'unused' },
  { pattern: /\b(?:come|comes|came) to nothing\b/i, instead: 'fails' },
  { pattern: /\bso much that\b/i, instead: 'too much, or a number' },
  { pattern: /\bhad better\b/i, instead: 'should' },
  { pattern: /\bas there may be\b/i, instead: 'the limit of' },
  { pattern: /\bwhat (?:becomes|became) of\b/i, instead: 'the result of' },
  // Correct after a count: "two indexes, one of which is partial".
  {
    pattern:
      /(?<!\b(?:one|two|three|each|all|any|both|either|neither|none|some|many|most|half|first|second|third|last|number|\d+) )\bof which\b/i,
    instead: 'two sentences',
  },
]

/** Lists the bad phrases of a file and, in a module, the comment lines that are too long. */
export function proseProblems(path: string, source: string): readonly string[] {
  const prose = proseOf(path, source)
  const problems = [...phraseProblems(prose), ...(path.endsWith('.ts') ? lengthProblems(source, prose) : [])]
  return problems.map(({ line, problem }) => `${path}:${line} ${problem}`)
}

/** Lists the bad phrases in the names of tests: the first arguments of `it` and `describe`. */
export function titleProblems(path: string, source: string): readonly string[] {
  return phraseProblems(titlesOf(path, source)).map(({ line, problem }) => `${path}:${line} ${problem}`)
}

type Problem = { readonly line: number; readonly problem: string }

function phraseProblems(prose: string): readonly Problem[] {
  // Of the same length: a phrase may be broken over two lines.
  const text = prose.replace(/\n[ \t]*/g, (gap) => ' '.repeat(gap.length))
  return phrases.flatMap(({ pattern, instead }) => {
    const spaced = new RegExp(pattern.source.replaceAll(' ', ' +'), `g${pattern.flags}`)
    return [...text.matchAll(spaced)].map(({ 0: found, index }) => ({
      line: prose.slice(0, index).split('\n').length,
      problem: `"${found.replace(/ +/g, ' ')}": write ${instead}`,
    }))
  })
}

function lengthProblems(source: string, prose: string): readonly Problem[] {
  const proseLines = prose.split('\n')
  return source.split('\n').flatMap((text, index) => {
    if (text.length <= LINE_LENGTH_MAX) return []
    return isWrappable(proseLines[index] ?? '')
      ? [{ line: index + 1, problem: `a comment of ${text.length} columns: wrap it` }]
      : []
  })
}

/** Whether a line has several words of prose. A link cannot be wrapped, and a directive must not be. */
function isWrappable(prose: string): boolean {
  const text = prose.replaceAll(NOT_PROSE, ' ').trim()
  const isDirective = /^(?:biome-ignore|@ts-)/.test(text)
  return !isDirective && /\S\s+\S/.test(text.replace(/^@\w+\s+/, ''))
}

/** Blanks everything but prose, character by character. */
function proseOf(path: string, source: string): string {
  if (path.endsWith('.ts')) return commentsOf(path, source)
  if (path.endsWith('.md')) return withoutCode(source.replace(/^ *```[\s\S]*?^ *```/gm, blank))
  return source
    .split('\n')
    .map((line) => line.replace(/^(?!#)(?:.*?(?=## )|.*)/, blank).replace(/^#/, ' '))
    .join('\n')
}

/** The comments of a module, without their markers and the code in them. */
function commentsOf(path: string, source: string): string {
  const { comments } = parsed(path, source)
  let prose = ''
  for (const { start, end } of comments) {
    prose += blank(source.slice(prose.length, start))
    prose += source
      .slice(start, end)
      .replace(/^\/\*+|^\/\/|^[ \t]*\*(?!\/)|\*\/$/gm, (marker) => ' '.repeat(marker.length))
  }
  return withoutCode(prose + blank(source.slice(prose.length)))
}

/** The names of the tests in a module, without the expressions in them. */
function titlesOf(path: string, source: string): string {
  const { program } = parsed(path, source)
  let prose = ''
  new Visitor({
    CallExpression({ callee, arguments: [title] }) {
      if (callee.type !== 'Identifier' || !/^(?:it|describe)$/.test(callee.name) || !title) return
      if (!(title.type === 'Literal' || title.type === 'TemplateLiteral')) return
      prose += blank(source.slice(prose.length, title.start))
      prose += source.slice(title.start, title.end).replace(/\$\{[^}]*\}|^['"`]|['"`]$/g, blank)
    },
  }).visit(program)
  return prose + blank(source.slice(prose.length))
}

function parsed(path: string, source: string) {
  const result = parseSync(path, source)
  if (result.errors.length > 0) throw new Error(`${path} cannot be parsed: ${result.errors[0]?.message}`)
  return result
}

function withoutCode(prose: string): string {
  return prose.replace(/`[^`\n]+`/g, blank)
}

/** The same text with every visible character replaced. */
function blank(text: string): string {
  return text.replace(/\S/g, NOT_PROSE)
}
