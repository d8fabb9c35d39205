import type { HistogramBuckets, LatencyFigures } from './result.js'

/** Buckets from one power of two to the next: a bucket is at most 1/128 of its value wide. */
const BUCKETS_PER_OCTAVE = 128
/** Largest value that is told apart, in microseconds: 67 seconds. */
const VALUE_MAX = 2 ** 26 - 1
const BUCKETS = bucketOf(VALUE_MAX) + 1

/** How often which duration was seen, to within 0.4 %, in memory that does not grow. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS)
  #count = 0
  #sumMs = 0
  #maxMs = 0

  record(durationMs: number): void {
    const microseconds = Math.min(Math.max(0, Math.round(durationMs * 1_000)), VALUE_MAX)
    const bucket = bucketOf(microseconds)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count++
    this.#sumMs += durationMs
    this.#maxMs = Math.max(this.#maxMs, durationMs)
  }

  figures(): LatencyFigures {
    const at = (share: number) => Math.min(percentileMs(this.buckets(), share), this.#maxMs)
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50: at(0.5),
      p90: at(0.9),
      p99: at(0.99),
      p999: at(0.999),
      max: this.#maxMs,
    }
  }

  buckets(): HistogramBuckets {
    const filled: [number, number][] = []
    this.#counts.forEach((count, bucket) => {
      if (count > 0) filled.push([bucket, count])
    })
    return filled
  }
}

/** Several histograms as one. */
export function mergedBuckets(all: readonly HistogramBuckets[]): HistogramBuckets {
  const counts = new Map<number, number>()
  for (const [bucket, count] of all.flat()) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
  return [...counts].sort(([one], [other]) => one - other)
}

/** The duration that this share of all durations does not exceed, in milliseconds; 0 when there are none. */
export function percentileMs(buckets: HistogramBuckets, share: number): number {
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  const wanted = Math.ceil(total * share)
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen >= wanted) return middleOf(bucket) / 1_000
  }
  return 0
}

/**
 * Below 256 each value has its bucket. From there on an octave is divided into 128: the value is halved until it is below 256,
 * and the halvings and what remains name the bucket.
 */
function bucketOf(value: number): number {
  const halvings = Math.max(0, 24 - Math.clz32(value))
  return halvings * BUCKETS_PER_OCTAVE + (value >> halvings)
}

/** The middle of a bucket, in microseconds. */
function middleOf(bucket: number): number {
  if (bucket < 2 * BUCKETS_PER_OCTAVE) return bucket
  const halvings = Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1
  const value = bucket - halvings * BUCKETS_PER_OCTAVE
  return value * 2 ** halvings + (2 ** halvings - 1) / 2
}
