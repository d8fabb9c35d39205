/** Calls in one sample, and samples: their middle counts, so that a busy moment of the machine does not. */
const CALLS = 20_000
const SAMPLES = 9

/** Processor time of one call, in microseconds: the middle of several samples, after the code was compiled. */
export function processorTimeUs(part: () => unknown): number {
  repeat(part)
  const samples = Array.from({ length: SAMPLES }, () => {
    const before = process.cpuUsage()
    repeat(part)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / CALLS
  })
  return samples.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0
}

/** Keeps what comes back, so that no call can be left out as useless. */
let last: unknown

function repeat(part: () => unknown): void {
  for (let call = 0; call < CALLS; call++) last = part()
  if (last === undefined) last = null
}
