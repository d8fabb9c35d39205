/** Position-wise weights of the second check digit, which covers the first one, too. */
const WEIGHTS = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]

/**
 * Whether a CNPJ, the tax id of a Brazilian company, ends with its two check digits. The text is 14
 * characters of 0-9 and A-Z, without punctuation.
 *
 * Each character counts as its ASCII code less 48, so digits count as themselves. The rule is that of the
 * Receita Federal for the alphanumeric CNPJ (Instrução Normativa RFB 2.229 of 2024, in use since July 2026);
 * older CNPJs follow it, too. Its published example is 12ABC34501DE35.
 */
export function hasCheckDigits(cnpj: string): boolean {
  const base = cnpj.slice(0, -2)
  const first = checkDigit(base)
  return cnpj.slice(-2) === `${first}${checkDigit(`${base}${first}`)}`
}

/** Takes the punctuation off a CNPJ: 12.abc.345/01de-35 becomes 12ABC34501DE35. */
export function plainCnpj(text: string): string {
  return text.replace(/[\s./-]/g, '').toUpperCase()
}

/** The check digit of the text by modulo 11. The weights of its last characters are 9 to 2. */
function checkDigit(text: string): number {
  const weights = WEIGHTS.slice(-text.length)
  const sum = weights.reduce((total, weight, at) => total + weight * (text.charCodeAt(at) - 48), 0)
  const rest = sum % 11
  return rest < 2 ? 0 : 11 - rest
}
