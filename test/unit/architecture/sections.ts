import { linksIn } from './links.js'

/** A part of a page from one heading to the next. */
export type Section = {
  readonly heading: string
  /** 1 for `#`. */
  readonly level: number
  readonly shape: Shape
}

/** The parts of a section that all languages share. */
type Shape = {
  /** Blocks of code, as language and content. Comments of a shell are words, and so are drawings. */
  readonly blocks: readonly string[]
  /** Pieces of code in sentences and tables, sorted. */
  readonly code: readonly string[]
  /** Pages that are linked, sorted. A translation of a page counts as the page. */
  readonly links: readonly string[]
  /** Numbers in sentences and tables, sorted: their digits, because separators differ by language. */
  readonly numbers: readonly string[]
  /** Cells in each row of the tables. */
  readonly rows: readonly number[]
}

/** The parts of a page, in its order. */
export function sectionsOf(page: string): readonly Section[] {
  const starts = [...withoutBlocks(page).matchAll(/^(#{1,6}) (.+)$/gm)]
  return starts.map(({ 0: line, 1: marks = '', 2: heading = '', index }, position) => ({
    heading,
    level: marks.length,
    shape: shapeOf(page.slice(index + line.length, starts[position + 1]?.index ?? page.length)),
  }))
}

function shapeOf(text: string): Shape {
  const prose = withoutBlocks(text)
  return {
    blocks: [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', content = '']) =>
      language === 'mermaid' ? language : `${language}\n${content.replace(/ +# .*$/gm, '')}`,
    ),
    code: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code).sort(),
    links: linksIn(prose)
      .map(({ path }) => path.replace('.pt-BR.md', '.md'))
      .sort(),
    numbers: (prose.replace(/`[^`\n]+`|\]\([^)]*\)/g, '').match(/\d+(?:[.,]\d+)*/g) ?? [])
      .map((number) => number.replace(/[.,]/g, ''))
      .sort(),
    rows: [...prose.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').length),
  }
}

/** Blanks blocks of code, of the same length: places in the page stay. */
function withoutBlocks(text: string): string {
  return text.replace(/^```.*?^```$/gms, (block) => block.replace(/[^\n]/g, ' '))
}
