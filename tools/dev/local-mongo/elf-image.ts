/** Thrown when an image is not what the reader or the rewrite expects. The message names what differs. */
export class UnexpectedElfError extends Error {
  override readonly name = 'UnexpectedElfError'
}

/** A range of the image, in bytes from its start. Always inside the image. */
export type Range = { readonly offset: number; readonly size: number }

/** The four tables by which the dynamic loader binds symbols to versions of libraries. */
export type DynamicTables = {
  /** `.dynsym`: 24 bytes per symbol. */
  readonly symbols: Range
  /** `.dynstr`: NUL-terminated names. */
  readonly strings: Range
  /** `.gnu.version`: 2 bytes per symbol, an index into the needs. */
  readonly versions: Range
  /** `.gnu.version_r`: the versions of each library that the image needs. */
  readonly needs: Range
}

/** One version of one library that the image needs (an entry of `.gnu.version_r`). */
export type VersionNeed = {
  readonly file: string
  readonly name: string
  /** The index by which `.gnu.version` refers to it, without the hidden bit. */
  readonly index: number
  /** Where the 16-byte entry lies in the image: hash at 0, index at 6, name offset at 8. */
  readonly offset: number
}

export const SYMBOL_BYTES = 24
export const VERSION_INDEX_BYTES = 2

const HEADER_BYTES = 64
const SECTION_BYTES = 64
const NEED_BYTES = 16
const SECTIONS_MAX = 1_000
const NEEDS_MAX = 10_000
const TYPE_DYNSYM = 11
const TYPE_VERSION_NEEDS = 0x6ffffffe
const TYPE_VERSIONS = 0x6fffffff

type Section = Range & { readonly type: number; readonly link: number }

/**
 * Finds the dynamic tables of an x86-64 little-endian ELF64 image by its section headers.
 *
 * @throws UnexpectedElfError when the image is anything else, is truncated, or a table is missing or doubled.
 */
export function readDynamicTables(image: Buffer): DynamicTables {
  checkHeader(image)
  const sections = readSections(image)
  const symbols = onlySection(sections, TYPE_DYNSYM, '.dynsym')
  const strings = sections[symbols.link]
  if (!strings) throw new UnexpectedElfError(`.dynsym links to section ${symbols.link}, which does not exist`)
  const versions = onlySection(sections, TYPE_VERSIONS, '.gnu.version')
  const needs = onlySection(sections, TYPE_VERSION_NEEDS, '.gnu.version_r')

  if (symbols.size % SYMBOL_BYTES !== 0) {
    throw new UnexpectedElfError(`.dynsym has ${symbols.size} bytes, not a multiple of ${SYMBOL_BYTES}`)
  }
  if (versions.size !== (symbols.size / SYMBOL_BYTES) * VERSION_INDEX_BYTES) {
    throw new UnexpectedElfError('.gnu.version does not have one entry for each symbol of .dynsym')
  }
  return { symbols, strings, versions, needs }
}

/**
 * Reads `.gnu.version_r`: two nested lists, linked by forward offsets.
 *
 * @throws UnexpectedElfError when an entry leaves the table, points backwards or has no name.
 */
export function readVersionNeeds(image: Buffer, tables: DynamicTables): readonly VersionNeed[] {
  const needs: VersionNeed[] = []
  for (const library of linkedEntries(image, tables.needs, { start: 0, nextAt: 12 })) {
    const file = readName(image, tables.strings, image.readUInt32LE(library + 4))
    const start = library - tables.needs.offset + image.readUInt32LE(library + 8)
    for (const offset of linkedEntries(image, tables.needs, { start, nextAt: 12 })) {
      const index = image.readUInt16LE(offset + 6) & 0x7fff
      needs.push({
        file,
        name: readName(image, tables.strings, image.readUInt32LE(offset + 8)),
        index,
        offset,
      })
      if (needs.length > NEEDS_MAX)
        throw new UnexpectedElfError(`.gnu.version_r has over ${NEEDS_MAX} entries`)
    }
  }
  return needs
}

/**
 * Reads the NUL-terminated name at `nameOffset` of the string table.
 *
 * @throws UnexpectedElfError when it starts or ends outside the table.
 */
export function readName(image: Buffer, strings: Range, nameOffset: number): string {
  const table = image.subarray(strings.offset, strings.offset + strings.size)
  const end = nameOffset < table.length ? table.indexOf(0, nameOffset) : -1
  if (end < 0) throw new UnexpectedElfError(`name offset ${nameOffset} is outside the string table`)
  return table.toString('latin1', nameOffset, end)
}

function checkHeader(image: Buffer): void {
  if (image.length < 4 || image.readUInt32BE(0) !== 0x7f454c46)
    throw new UnexpectedElfError('not an ELF file')
  if (image.length < HEADER_BYTES) throw new UnexpectedElfError('truncated: the ELF header is incomplete')
  if (image.readUInt8(4) !== 2) throw new UnexpectedElfError('not a 64-bit ELF file')
  if (image.readUInt8(5) !== 1) throw new UnexpectedElfError('not a little-endian ELF file')
  const machine = image.readUInt16LE(18)
  if (machine !== 62) throw new UnexpectedElfError(`not for x86-64: machine ${machine}`)
  const sectionBytes = image.readUInt16LE(58)
  if (sectionBytes !== SECTION_BYTES) {
    throw new UnexpectedElfError(`section headers of ${sectionBytes} bytes instead of ${SECTION_BYTES}`)
  }
}

function readSections(image: Buffer): readonly Section[] {
  const count = image.readUInt16LE(60)
  if (count > SECTIONS_MAX) throw new UnexpectedElfError(`${count} sections, more than ${SECTIONS_MAX}`)
  const table = rangeOf(image, {
    offset: image.readBigUInt64LE(40),
    size: BigInt(count * SECTION_BYTES),
    what: 'the section header table',
  })
  return Array.from({ length: count }, (_, index) => readSection(image, table.offset + index * SECTION_BYTES))
}

function readSection(image: Buffer, at: number): Section {
  const type = image.readUInt32LE(at + 4)
  const link = image.readUInt32LE(at + 40)
  // SHT_NOBITS (.bss) has a size but no bytes in the file.
  if (type === 8) return { type, link, offset: 0, size: 0 }
  const offset = image.readBigUInt64LE(at + 24)
  const size = image.readBigUInt64LE(at + 32)
  return { type, link, ...rangeOf(image, { offset, size, what: `a section of type ${type}` }) }
}

function rangeOf(image: Buffer, raw: { offset: bigint; size: bigint; what: string }): Range {
  if (raw.offset + raw.size > BigInt(image.length)) {
    throw new UnexpectedElfError(`out of bounds: ${raw.what} ends after the last byte of the file`)
  }
  return { offset: Number(raw.offset), size: Number(raw.size) }
}

function onlySection(sections: readonly Section[], type: number, name: string): Section {
  const found = sections.filter((section) => section.type === type)
  const [section] = found
  if (!section || found.length > 1)
    throw new UnexpectedElfError(`${found.length} sections ${name} instead of one`)
  return section
}

/**
 * Yields the image offset of each 16-byte entry. Every step goes forward, so the walk ends within the table.
 */
function* linkedEntries(
  image: Buffer,
  table: Range,
  list: { start: number; nextAt: number },
): Generator<number> {
  for (let at = list.start; ; ) {
    if (at + NEED_BYTES > table.size)
      throw new UnexpectedElfError('out of bounds: an entry leaves .gnu.version_r')
    yield table.offset + at
    const next = image.readUInt32LE(table.offset + at + list.nextAt)
    if (next === 0) return
    if (next < NEED_BYTES) throw new UnexpectedElfError('.gnu.version_r entries overlap')
    at += next
  }
}
