import { readFileSync, statSync } from 'node:fs'
import { Failure } from '../failure.js'
import { readFailure } from './read-failure.js'

const ADVICE = 'save it as "CSV UTF-8"'

/** The characters of windows-1252 at 0x80 to 0x9f, which appear in text wrongly decoded with it. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

/**
 * Reads a text file as UTF-8, without its byte order mark.
 *
 * @throws Failure when the file is missing, too large, has another encoding or format, or was wrongly decoded
 *   before it was saved.
 */
export function readTextFile(path: string, bytesMax: number): string {
  const bytes = readBytes(path, bytesMax)
  const other = otherFormat(bytes)
  if (other !== undefined) throw new Failure(`${path} ${other}: ${ADVICE}`)
  const text = decoded(bytes)
  if (text === undefined) throw new Failure(`${path}, line ${firstBadLine(bytes)}: is not UTF-8: ${ADVICE}`)
  const garbled = garbledLine(text)
  if (garbled !== undefined)
    throw new Failure(`${path}, line ${garbled}: seems wrongly decoded (garbled accents): ${ADVICE}`)
  return text
}

function readBytes(path: string, bytesMax: number): Buffer {
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) throw new Failure(`${path} is a folder, not a file`)
    if (stats.size > bytesMax) throw new Failure(`${path} has more than ${bytesMax / 1024 / 1024} MiB`)
    return readFileSync(path)
  } catch (error) {
    throw error instanceof Failure ? error : readFailure(path, error)
  }
}

function otherFormat(bytes: Buffer): string | undefined {
  const begin = bytes.subarray(0, 4).toString('latin1')
  if (begin.startsWith('PK\u0003\u0004')) return 'is a workbook or an archive, not CSV'
  if (begin.startsWith('\u00d0\u00cf\u0011\u00e0')) return 'is an old workbook, not CSV'
  if (begin.startsWith('\u00ff\u00fe') || begin.startsWith('\u00fe\u00ff')) return 'is UTF-16'
  return bytes.includes(0) ? 'has zero bytes, like UTF-16' : undefined
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function firstBadLine(bytes: Buffer): number {
  let line = 1
  let start = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0 || decoded(bytes.subarray(start, end)) === undefined) return line
    start = end + 1
    line += 1
  }
}

/** Finds the first line with a replacement character, or with UTF-8 decoded as Latin-1 or windows-1252. */
function garbledLine(text: string): number | undefined {
  // Nearly every money file is plain ASCII.
  if (!/[^\p{ASCII}]/u.test(text)) return undefined
  const lines = text.split(/\r\n|\n|\r/)
  const index = lines.findIndex((line) => line.includes('\ufffd') || line.split(/[;,\t"]/).some(isMojibake))
  return index < 0 ? undefined : index + 1
}

/** Matches accents and typographic characters. Any other character does not show a wrong encoding. */
const USUAL = /^[\p{ASCII}\u00a0-\u017f\u2010-\u2026\u20ac]*$/u

/** Whether the text, read as one byte per character, is UTF-8 with accents. */
function isMojibake(cell: string): boolean {
  if (!/[\u00c2-\u00f4]/.test(cell)) return false
  const bytes: number[] = []
  for (const character of cell) {
    const code = character.codePointAt(0) ?? 0
    const byte = code < 0x100 ? code : 0x80 + WINDOWS_1252.indexOf(character)
    if (byte < 0x80 && code >= 0x100) return false
    bytes.push(byte)
  }
  const meant = decoded(Uint8Array.from(bytes))
  return meant !== undefined && USUAL.test(meant)
}
