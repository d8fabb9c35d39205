/** A part of a pattern: a class in brackets, an escape, a bound such as {2,4}, the head of a group, or one character. */
const PART =
  /\[(?:\\.|[^\]\\])*\]|\\p\{[^}]*\}|\\u[0-9a-f]{4}|\\.|\{\d+(?:,\d*)?\}|\(\?(?:[:=!]|<[=!])|[\s\S]/giu

/** Patterns that differ in one part: without an anchor, with the opposite class, or with one character where there may be many. */
export function regexChanges(pattern: string): readonly string[] {
  const changes: string[] = []
  for (const { 0: part, index } of pattern.matchAll(PART))
    for (const other of othersOf(part))
      changes.push(pattern.slice(0, index) + other + pattern.slice(index + part.length))
  return changes
}

function othersOf(part: string): readonly string[] {
  if (/^(?:[\^$+*?]|\{.*\})$/.test(part)) return ['']
  if (part.startsWith('[^')) return [`[${part.slice(2)}`]
  if (part.startsWith('[')) return [`[^${part.slice(1)}`]
  if (!/^\\[dDwWsSpP]/.test(part)) return []
  const letter = part.charAt(1)
  return [
    `\\${letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()}${part.slice(2)}`,
  ]
}
