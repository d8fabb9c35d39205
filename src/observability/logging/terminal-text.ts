/**
 * The text as a terminal may have it: control, format and line-separating characters and half characters are escaped as in JSON, which a terminal would obey
 * instead of showing them.
 */
export function terminalText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)
}

/** The same for text of several lines. JSON in lines stays the same JSON. */
export function terminalLines(text: string): string {
  return text.split('\n').map(terminalText).join('\n')
}

/** One escape for each unit: a character may have two. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
