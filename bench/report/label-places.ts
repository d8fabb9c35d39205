/** Where labels go that want to be at certain heights: in the same order, so far apart that none covers another, and within bounds. */
export function labelPlaces(
  wanted: readonly number[],
  { gap, from, to }: { readonly gap: number; readonly from: number; readonly to: number },
): readonly number[] {
  const order = wanted
    .map((_, index) => index)
    .sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0))
  const places = [...wanted]
  let free = from
  for (const index of order) {
    places[index] = Math.max(places[index] ?? 0, free)
    free = (places[index] ?? 0) + gap
  }
  // What has been pushed over the end is pushed back.
  let limit = to
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index] ?? 0, limit)
    limit = (places[index] ?? 0) - gap
  }
  return places
}
