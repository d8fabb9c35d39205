/**
 * Makes text safe to print on a terminal. Escapes, as JSON does, the characters that a terminal would obey
 * rather than show: control, format and line-separating characters and lone surrogates.
 */
export function terminalText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)
}

/** Makes text of several lines safe to print. JSON in lines stays the same JSON. */
export function terminalLines(text: string): string {
  return text.split('\n').map(terminalText).join('\n')
}

/** Escapes each UTF-16 unit: a character may have two. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
