/** A version of a library that the image needs; `index` is how symbols refer to it. */
export type SyntheticNeed = { readonly file: string; readonly name: string; readonly index: number }

/** A symbol; `version` is the index of a need, or 1 for a symbol of the image's own. */
export type SyntheticSymbol = { readonly name: string; readonly version: number }

/** The positions of the parts, so that a test can damage them. All in bytes from the start of the image. */
type SyntheticLayout = {
  readonly symbols: number
  readonly strings: number
  readonly versions: number
  readonly needs: number
  readonly sections: number
}

export type SyntheticElf = { readonly image: Buffer; readonly layout: SyntheticLayout }

/** A small version of the needs of mongod. */
export const NEEDS: readonly SyntheticNeed[] = [
  { file: 'libm.so.6', name: 'GLIBC_2.2.5', index: 13 },
  { file: 'libm.so.6', name: 'GLIBC_2.38', index: 19 },
  { file: 'libc.so.6', name: 'GLIBC_2.2.5', index: 3 },
  { file: 'libc.so.6', name: 'GLIBC_2.7', index: 20 },
  { file: 'libc.so.6', name: 'GLIBC_2.36', index: 37 },
  { file: 'libc.so.6', name: 'GLIBC_2.38', index: 12 },
]

export const SYMBOLS: readonly SyntheticSymbol[] = [
  { name: '', version: 0 },
  { name: 'malloc', version: 3 },
  { name: '__isoc23_strtol', version: 12 },
  { name: '__isoc23_sscanf', version: 12 },
  { name: '__isoc23_strtoll', version: 12 },
  { name: '__isoc23_strtoul', version: 12 },
  { name: '__isoc23_strtoull', version: 12 },
  { name: 'fmod', version: 19 },
  { name: '__isoc23_fscanf', version: 12 },
  { name: 'arc4random', version: 37 },
  { name: 'main', version: 1 },
]

const SECTION_BYTES = 64

/** Builds an x86-64 ELF64 image with only the parts that the rewrite reads. */
export function syntheticElf(
  symbols: readonly SyntheticSymbol[] = SYMBOLS,
  needs: readonly SyntheticNeed[] = NEEDS,
): SyntheticElf {
  const strings = new StringTable()
  const symbolTable = Buffer.concat(symbols.map(({ name }) => symbolEntry(strings.offsetOf(name))))
  const versionTable = Buffer.alloc(symbols.length * 2)
  for (const [position, { version }] of symbols.entries()) versionTable.writeUInt16LE(version, position * 2)
  const needTable = needEntries(needs, strings)

  const bodies = [symbolTable, strings.bytes(), versionTable, needTable]
  const offsets: number[] = []
  let end = 64
  for (const body of bodies) {
    offsets.push(end)
    end += body.length
  }
  const [symbolsAt = 0, stringsAt = 0, versionsAt = 0, needsAt = 0] = offsets
  const types = [11, 3, 0x6fffffff, 0x6ffffffe]
  const sections = bodies.map((body, index) =>
    section({ type: types[index] ?? 0, offset: offsets[index] ?? 0, size: body.length, link: 2 }),
  )
  // .bss: its size is beyond the end of the file, which is right for a section without bytes.
  const bss = section({ type: 8, offset: end, size: 1_000_000, link: 0 })
  const table = [Buffer.alloc(SECTION_BYTES), ...sections, bss]
  const image = Buffer.concat([header({ sections: end, count: table.length }), ...bodies, ...table])
  return {
    image,
    layout: { symbols: symbolsAt, strings: stringsAt, versions: versionsAt, needs: needsAt, sections: end },
  }
}

class StringTable {
  #text = '\0'

  offsetOf(name: string): number {
    const found = this.#text.indexOf(`\0${name}\0`)
    if (found >= 0) return name === '' ? 0 : found + 1
    const offset = this.#text.length
    this.#text += `${name}\0`
    return offset
  }

  bytes(): Buffer {
    return Buffer.from(this.#text, 'latin1')
  }
}

function symbolEntry(nameOffset: number): Buffer {
  const entry = Buffer.alloc(24)
  entry.writeUInt32LE(nameOffset, 0)
  return entry
}

/** A header for each library, followed by its versions. */
function needEntries(needs: readonly SyntheticNeed[], strings: StringTable): Buffer {
  const files = [...new Set(needs.map((need) => need.file))]
  return Buffer.concat(
    files.flatMap((file, position) => {
      const versions = needs.filter((need) => need.file === file)
      const isLastFile = position === files.length - 1
      const head = Buffer.alloc(16)
      head.writeUInt16LE(1, 0)
      head.writeUInt16LE(versions.length, 2)
      head.writeUInt32LE(strings.offsetOf(file), 4)
      head.writeUInt32LE(16, 8)
      head.writeUInt32LE(isLastFile ? 0 : 16 * (versions.length + 1), 12)
      return [
        head,
        ...versions.map((need, index) => versionEntry(need, index === versions.length - 1, strings)),
      ]
    }),
  )
}

function versionEntry(need: SyntheticNeed, isLast: boolean, strings: StringTable): Buffer {
  const entry = Buffer.alloc(16)
  entry.writeUInt32LE(hashOf(need.name), 0)
  entry.writeUInt16LE(need.index, 6)
  entry.writeUInt32LE(strings.offsetOf(need.name), 8)
  entry.writeUInt32LE(isLast ? 0 : 16, 12)
  return entry
}

/** The hash of the System V ABI, which the loader compares before the name. */
export function hashOf(name: string): number {
  let hash = 0n
  for (const byte of Buffer.from(name, 'latin1')) {
    hash = (hash << 4n) + BigInt(byte)
    const high = hash & 0xf0000000n
    hash = (hash ^ (high >> 24n)) & ~high
  }
  return Number(hash)
}

function section(fields: { type: number; offset: number; size: number; link: number }): Buffer {
  const entry = Buffer.alloc(SECTION_BYTES)
  entry.writeUInt32LE(fields.type, 4)
  entry.writeBigUInt64LE(BigInt(fields.offset), 24)
  entry.writeBigUInt64LE(BigInt(fields.size), 32)
  entry.writeUInt32LE(fields.link, 40)
  return entry
}

function header(fields: { sections: number; count: number }): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.write('\x7fELF\x02\x01\x01', 'latin1')
  bytes.writeUInt16LE(3, 16)
  bytes.writeUInt16LE(62, 18)
  bytes.writeBigUInt64LE(BigInt(fields.sections), 40)
  bytes.writeUInt16LE(64, 52)
  bytes.writeUInt16LE(SECTION_BYTES, 58)
  bytes.writeUInt16LE(fields.count, 60)
  return bytes
}
