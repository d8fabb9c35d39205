import { spreadOf } from '../report/spread.js'

export type Point = { readonly x: number; readonly y: number }

/**
 * The slope that a line through the points has, y for each x: the middle of the slopes between any two of them (Theil and Sen). Up to a quarter
 * of the points may be anything without moving it far. Undefined when there are not two points.
 */
export function slopeOf(points: readonly Point[]): number | undefined {
  const slopes: number[] = []
  points.forEach((one, index) => {
    for (const other of points.slice(index + 1)) slopes.push((other.y - one.y) / (other.x - one.x))
  })
  return middleOf(slopes)
}

/** One point for each stretch of that length: its middle, and the middle one of the values in it. Stretches begin at 0. */
export function gistOf(points: readonly Point[], { length }: { readonly length: number }): readonly Point[] {
  const stretches = new Map<number, number[]>()
  for (const { x, y } of points) {
    const stretch = Math.floor(x / length)
    stretches.set(stretch, [...(stretches.get(stretch) ?? []), y])
  }
  return [...stretches].flatMap(([stretch, values]) => {
    const y = middleOf(values)
    return y === undefined ? [] : [{ x: (stretch + 0.5) * length, y }]
  })
}

/** The median; undefined when there are no values. */
export function middleOf(values: readonly number[]): number | undefined {
  return spreadOf(values)?.median
}
