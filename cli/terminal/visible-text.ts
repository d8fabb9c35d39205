/**
 * Characters that change how a terminal shows its neighbours: controls (C0, C1), bidirectional marks, zero-width characters, line and
 * paragraph separators, soft hyphens, tags and lone surrogates.
 */
const HIDDEN =
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu

/** Shows hidden characters by their code points, so that a text can neither steer a terminal nor read as another. */
export function visibleText(text: string): string {
  return text.replaceAll(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** Escapes hidden characters in JSON that was laid out already; the result is the same JSON value. */
export function visibleJson(json: string): string {
  return json.replaceAll(HIDDEN, (character) => (character === '\n' ? character : jsonEscape(character)))
}

function jsonEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
