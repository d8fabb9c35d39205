import { numberText } from './markdown.js'

/** Maps values to a place from 0 to 1 along an axis. */
export type Scale = {
  at(value: number): number
  readonly ticks: readonly { readonly value: number; readonly text: string }[]
}

const TICKS_WANTED = 6
/** Values that are further apart than by this factor get a logarithmic axis. */
const LINEAR_FACTOR_MAX = 30

/** A scale for values of 0 or more, and the label of its axis: logarithmic where the values span decades. */
export function countAxis(
  what: string,
  values: readonly number[],
): { readonly label: string; readonly scale: Scale } {
  const largest = Math.max(...values)
  const smallest = Math.min(...values.filter((value) => value > 0))
  if (largest <= smallest * LINEAR_FACTOR_MAX) return { label: what, scale: linearScale(largest) }
  return { label: `${what}, logarithmic`, scale: logScale({ smallest, largest }) }
}

/** From 0 to a round number that is not less than the largest value, in about so many steps. */
export function linearScale(largest: number, steps = TICKS_WANTED): Scale {
  const step = roundStep(largest > 0 ? largest / steps : 1)
  const count = Math.max(1, Math.ceil(largest / step))
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step)
  return {
    at: (value) => value / (count * step),
    ticks: ticks.map((value) => ({ value, text: numberText(value) })),
  }
}

/** From 1, 2 or 5 times a power of ten that is not more than the smallest value to one that is not less than the largest. */
export function logScale({
  smallest,
  largest,
}: {
  readonly smallest: number
  readonly largest: number
}): Scale {
  const from = Math.floor(Math.log10(smallest))
  const to = Math.ceil(Math.log10(largest))
  const all = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)).flatMap((power) =>
    [1, 2, 5].map((digit) => digit * power),
  )
  const first = all.findLast((value) => value <= smallest) ?? smallest
  const last = all.find((value) => value >= largest) ?? largest
  const range = Math.log(last / first) || 1
  return {
    // Smaller values, such as 0, stand at the start.
    at: (value) => Math.log(Math.max(value, first) / first) / range,
    ticks: all
      .filter((value) => value >= first && value <= last)
      .map((value) => ({ value, text: numberText(value) })),
  }
}

/** Each of a few values at the same distance from the next. */
export function pointScale(values: readonly number[]): Scale {
  const sorted = [...new Set(values)].sort((one, other) => one - other)
  const last = Math.max(1, sorted.length - 1)
  return {
    at: (value) => sorted.indexOf(value) / last,
    ticks: sorted.map((value) => ({ value, text: numberText(value) })),
  }
}

/** 1, 2, 2.5 or 5 times a power of ten, and not less than the step asked for. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  const digit = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= step) ?? 10
  return digit * power
}
