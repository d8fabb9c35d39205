import type { DynamicTables, VersionNeed } from './elf-image.js'
import {
  readDynamicTables,
  readName,
  readVersionNeeds,
  SYMBOL_BYTES,
  UnexpectedElfError,
  VERSION_INDEX_BYTES,
} from './elf-image.js'

/** The glibc version that MongoDB's Ubuntu 24.04 builds require and that the rewrite removes. */
const STALE_VERSION = 'GLIBC_2.38'
/**
 * The minor version of the oldest glibc that loads the rewritten file. The file still needs `arc4random`,
 * which came with it.
 */
const NEWEST_KEPT_MINOR = 36

const LIBC = 'libc.so.6'
const LIBM = 'libm.so.6'

type Rewrite = {
  readonly symbol: string
  readonly becomes: string
  readonly file: string
  readonly version: string
}

/**
 * The seven symbols of {@link STALE_VERSION} and their older equivalents. The C23 variants differ only in
 * that they also read `0b` numbers. The new `fmod` differs only in that it no longer calls the SVID error
 * handler.
 */
const REWRITES: readonly Rewrite[] = [
  { symbol: '__isoc23_strtol', becomes: 'strtol', file: LIBC, version: 'GLIBC_2.2.5' },
  { symbol: '__isoc23_strtoul', becomes: 'strtoul', file: LIBC, version: 'GLIBC_2.2.5' },
  { symbol: '__isoc23_strtoll', becomes: 'strtoll', file: LIBC, version: 'GLIBC_2.2.5' },
  { symbol: '__isoc23_strtoull', becomes: 'strtoull', file: LIBC, version: 'GLIBC_2.2.5' },
  { symbol: '__isoc23_sscanf', becomes: '__isoc99_sscanf', file: LIBC, version: 'GLIBC_2.7' },
  { symbol: '__isoc23_fscanf', becomes: '__isoc99_fscanf', file: LIBC, version: 'GLIBC_2.7' },
  { symbol: 'fmod', becomes: 'fmod', file: LIBM, version: 'GLIBC_2.2.5' },
]

type BoundSymbol = { readonly position: number; readonly nameOffset: number; readonly rewrite: Rewrite }

/**
 * Rewrites a MongoDB program built for glibc 2.38 so that it loads on glibc 2.36 and newer. Pure: `image`
 * stays as it is. Twenty-seven bytes of `mongod` change, twenty-six of `mongos`:
 *
 * - `.dynsym`: `__isoc23_strtol` and its like lose their prefix, because the name offset moves behind it.
 * - `.dynstr`: `__isoc23_sscanf` and `__isoc23_fscanf` become `__isoc99_...` in place.
 * - `.gnu.version`: the seven symbols point at the older version of the same library.
 * - `.gnu.version_r`: the entries of 2.38, now unused, take name and hash of an older version of the same
 *   library.
 *
 * @throws UnexpectedElfError when the image is not exactly such a program; nothing is guessed.
 */
export function retargetElf(image: Buffer): Buffer {
  const tables = readDynamicTables(image)
  const needs = readVersionNeeds(image, tables)
  checkIndexesUnique(needs)
  const stale = staleNeeds(needs)
  const symbols = staleSymbols(image, tables, stale)
  const output = Buffer.from(image)

  for (const symbol of symbols) {
    renameSymbol({ image, output, tables }, symbol)
    const older = findNeed(needs, symbol.rewrite)
    output.writeUInt16LE(older.index, tables.versions.offset + symbol.position * VERSION_INDEX_BYTES)
  }
  for (const need of stale) {
    const older = findNeed(needs, { file: need.file, version: 'GLIBC_2.2.5' })
    output.writeUInt32LE(image.readUInt32LE(older.offset), need.offset)
    output.writeUInt32LE(image.readUInt32LE(older.offset + 8), need.offset + 8)
  }
  return output
}

function checkIndexesUnique(needs: readonly VersionNeed[]): void {
  const indexes = new Set(needs.map((need) => need.index))
  if (indexes.size !== needs.length)
    throw new UnexpectedElfError('two entries of .gnu.version_r share one index')
}

function staleNeeds(needs: readonly VersionNeed[]): readonly VersionNeed[] {
  const stale = needs.filter((need) => glibcMinor(need.name) > NEWEST_KEPT_MINOR)
  for (const need of stale) {
    if (need.name !== STALE_VERSION) {
      throw new UnexpectedElfError(`unexpected version: it needs ${need.name} of ${need.file}`)
    }
  }
  const files = stale.map((need) => need.file).sort()
  if (files.join() !== [LIBC, LIBM].join()) {
    throw new UnexpectedElfError(`unexpected libraries of ${STALE_VERSION}: ${files.join(', ') || 'none'}`)
  }
  return stale
}

function glibcMinor(version: string): number {
  return Number(/^GLIBC_2\.(\d+)/.exec(version)?.[1] ?? 0)
}

function staleSymbols(
  image: Buffer,
  tables: DynamicTables,
  stale: readonly VersionNeed[],
): readonly BoundSymbol[] {
  const fileByIndex = new Map(stale.map((need) => [need.index, need.file]))
  const found: BoundSymbol[] = []
  for (let position = 0; position * SYMBOL_BYTES < tables.symbols.size; position++) {
    const index = image.readUInt16LE(tables.versions.offset + position * VERSION_INDEX_BYTES) & 0x7fff
    const file = fileByIndex.get(index)
    if (file === undefined) continue
    const nameOffset = image.readUInt32LE(tables.symbols.offset + position * SYMBOL_BYTES)
    const symbol = readName(image, tables.strings, nameOffset)
    const rewrite = REWRITES.find((known) => known.symbol === symbol && known.file === file)
    if (!rewrite)
      throw new UnexpectedElfError(`unexpected symbol set: ${symbol} of ${file} at ${STALE_VERSION}`)
    found.push({ position, nameOffset, rewrite })
  }
  checkComplete(found)
  return found
}

function checkComplete(found: readonly BoundSymbol[]): void {
  for (const rewrite of REWRITES) {
    const count = found.filter((symbol) => symbol.rewrite === rewrite).length
    if (count !== 1)
      throw new UnexpectedElfError(`unexpected symbol set: ${rewrite.symbol} occurs ${count} times`)
  }
}

function findNeed(needs: readonly VersionNeed[], wanted: { file: string; version: string }): VersionNeed {
  const found = needs.find((need) => need.file === wanted.file && need.name === wanted.version)
  if (!found) throw new UnexpectedElfError(`missing older version ${wanted.version} of ${wanted.file}`)
  return found
}

function renameSymbol(
  at: { readonly image: Buffer; readonly output: Buffer; readonly tables: DynamicTables },
  symbol: BoundSymbol,
): void {
  const { symbol: name, becomes } = symbol.rewrite
  if (name.endsWith(becomes)) {
    const nameOffset = symbol.nameOffset + name.length - becomes.length
    at.output.writeUInt32LE(nameOffset, at.tables.symbols.offset + symbol.position * SYMBOL_BYTES)
    return
  }
  checkNameUnshared(at.image, at.tables, symbol)
  at.output.write(becomes, at.tables.strings.offset + symbol.nameOffset, 'latin1')
}

/** Checks that no other symbol's name shares the changed digits: linkers let names share bytes. */
function checkNameUnshared(image: Buffer, tables: DynamicTables, symbol: BoundSymbol): void {
  const end = symbol.nameOffset + '__isoc23'.length
  for (let position = 0; position * SYMBOL_BYTES < tables.symbols.size; position++) {
    const nameOffset = image.readUInt32LE(tables.symbols.offset + position * SYMBOL_BYTES)
    if (position !== symbol.position && nameOffset >= symbol.nameOffset && nameOffset < end) {
      throw new UnexpectedElfError(`another symbol shares the name of ${symbol.rewrite.symbol}`)
    }
  }
}
