import type { Mutant, Target } from './mutant.js'

/** The source of a module that holds all its mutants, none of which is in force until it is chosen. */
export type SwitchableSource = {
  readonly text: string
  /** The mutants in the order of their numbers. */
  readonly mutants: readonly Mutant[]
}

/**
 * Writes all mutants of a module into it, numbered from `first`. At each target it asks `$in(number, count)` whether one of them is in
 * force, and `$is(number)` which: so it also becomes known who comes by.
 */
export function switchableSource(
  source: string,
  targets: readonly Target[],
  first: number,
): SwitchableSource {
  const mutants: Mutant[] = []
  const outerFirst = [...targets].sort((a, b) => a.start - b.start || b.end - a.end)
  let next = 0
  /** The text of a range, with all targets in it that are still to come. */
  const render = (start: number, end: number): string => {
    let text = ''
    let at = start
    for (
      let target = outerFirst[next];
      target && target.end <= end && target.start >= at;
      target = outerFirst[next]
    ) {
      next += 1
      text += source.slice(at, target.start) + renderTarget(target)
      at = target.end
    }
    return text + source.slice(at, end)
  }
  const renderTarget = (target: Target): string => {
    const number = first + mutants.length
    mutants.push(...target.mutants)
    const { start, end, kind } = target
    const asked = `$in(${number},${target.mutants.length})`
    // In braces, for an expression in parentheses would be taken for the arguments of what stands before it.
    if (kind === 'STATEMENT') return `{if(!${asked}){${render(start, end)}\n}}`
    if (kind === 'BLOCK') return `{if(!${asked}){${render(start + 1, end - 1)}\n}}`
    return `(${asked}?${chosen(target.mutants, number)}:(${render(start, end)}))`
  }
  return { text: render(0, source.length), mutants }
}

function chosen(mutants: readonly Mutant[], number: number): string {
  const texts = mutants.map(({ replacement }) => `(${replacement})`)
  const last = texts.pop()
  return texts.map((text, index) => `$is(${number + index})?${text}:`).join('') + last
}
