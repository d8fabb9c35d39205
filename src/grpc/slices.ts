import { setImmediate as nextTurn } from 'node:timers/promises'

/** Items of one turn of the event loop: about as much work as a few purchases. */
const SLICE = 100

/** Maps a long list piece by piece, so that whoever waits meanwhile has a turn after each. */
export async function mapInSlices<Item, Mapped>(
  items: readonly Item[],
  map: (item: Item) => Mapped,
): Promise<Mapped[]> {
  const mapped: Mapped[] = []
  for (let start = 0; start < items.length; start += SLICE) {
    if (start > 0) await nextTurn()
    for (const item of items.slice(start, start + SLICE)) mapped.push(map(item))
  }
  return mapped
}
