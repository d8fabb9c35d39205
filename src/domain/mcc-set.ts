/** Merchant category codes, as rising ranges that do not overlap. */
export type MccSet = readonly MccRange[]

/** The codes from `first` to `last`, both included: 0 to 9999. */
export type MccRange = { readonly first: number; readonly last: number }

/** Most codes and ranges in a written set. */
export const MCC_ITEMS_MAX = 1_000

const CODE_OR_RANGE = /^(\d{4})(?:-(\d{4}))?$/

/** Describes the fault of a written item such as "5411" or "3000-3350"; undefined when it is valid. */
export function mccItemFault(item: string): string | undefined {
  const match = CODE_OR_RANGE.exec(item)
  if (!match) return 'must be four digits, or two codes of four digits joined by "-"'
  const { first, last } = rangeOf(match)
  return first <= last ? undefined : `is a range that ends before it begins: ${item}`
}

/**
 * Parses a set of codes and ranges, in any order. Repeated codes count once.
 *
 * @throws RangeError when an item is invalid.
 */
export function mccSet(items: Iterable<string>): MccSet {
  const ranges: MccRange[] = []
  for (const item of items) {
    const match = CODE_OR_RANGE.exec(item)
    const fault = mccItemFault(item)
    if (!match || fault !== undefined) throw new RangeError(`the MCC ${JSON.stringify(item)} ${fault}`)
    ranges.push(rangeOf(match))
  }
  return merged(ranges.sort((a, b) => a.first - b.first))
}

/** Writes a set as rising codes and ranges. */
export function mccItems(set: MccSet): string[] {
  return set.map(({ first, last }) =>
    first === last ? mccText(first) : `${mccText(first)}-${mccText(last)}`,
  )
}

/** Whether the set contains this code of four digits. */
export function hasMcc(set: MccSet, mcc: string): boolean {
  const code = Number(mcc)
  return set.some(({ first, last }) => first <= code && code <= last)
}

/** Returns the lowest code that both sets contain; undefined when they share none. */
export function commonMcc(a: MccSet, b: MccSet): string | undefined {
  let [inA, inB] = [0, 0]
  for (;;) {
    const [rangeA, rangeB] = [a[inA], b[inB]]
    if (!rangeA || !rangeB) return undefined
    const first = Math.max(rangeA.first, rangeB.first)
    if (first <= Math.min(rangeA.last, rangeB.last)) return mccText(first)
    if (rangeA.last < rangeB.last) inA += 1
    else inB += 1
  }
}

/** Lists every code of the set, rising. */
export function* mccsOf(set: MccSet): Generator<string> {
  for (const { first, last } of set) for (let code = first; code <= last; code++) yield mccText(code)
}

function rangeOf([, first = '', last = first]: RegExpExecArray): MccRange {
  return { first: Number(first), last: Number(last) }
}

/** Joins overlapping ranges. Adjacent ranges stay separate, as written. */
function merged(rising: readonly MccRange[]): MccSet {
  const joined: MccRange[] = []
  for (const range of rising) {
    const before = joined.at(-1)
    if (!before || range.first > before.last) joined.push(range)
    else joined[joined.length - 1] = { first: before.first, last: Math.max(before.last, range.last) }
  }
  return joined
}

function mccText(code: number): string {
  return String(code).padStart(4, '0')
}
