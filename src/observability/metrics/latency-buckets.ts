/**
 * Upper bounds of latency buckets, in seconds: fine around usual decisions, with a bound at the promised 0.1.
 */
export const latencyBuckets: readonly number[] = [
  0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.006, 0.008, 0.012, 0.02, 0.035, 0.06, 0.1, 0.2, 0.5, 1, 2, 5,
]
