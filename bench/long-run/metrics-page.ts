/** Longest time that the page may take, in milliseconds: it is fetched from a process that has a lot to do. */
const PAGE_MS_MAX = 60_000

/** What a service exports, sample by sample: `nodejs_gc_duration_seconds_sum{kind="major"}` and its value. */
export type MetricsPage = ReadonlyMap<string, number>

/** Reads /metrics over a connection of its own, which is closed again: it is not to count among those that are open. */
export async function fetchMetrics(httpPort: number): Promise<MetricsPage> {
  const response = await fetch(`http://127.0.0.1:${httpPort}/metrics`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(PAGE_MS_MAX),
  })
  if (!response.ok) throw new Error(`/metrics was answered with ${response.status}`)
  return readMetrics(await response.text())
}

/** Reads a page in the Prometheus text format. */
export function readMetrics(page: string): MetricsPage {
  const samples = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((sample) => {
      const space = sample.lastIndexOf(' ')
      return [sample.slice(0, space), Number(sample.slice(space + 1))]
    }),
  )
}

/**
 * The series of that name added up, whatever their labels.
 *
 * @throws Error when there is no series of that name: nothing is not 0.
 */
export function sumOf(page: MetricsPage, name: string): number {
  let sum: number | undefined
  for (const [series, value] of page) {
    if (series === name || series.startsWith(`${name}{`)) sum = (sum ?? 0) + value
  }
  if (sum === undefined) throw new Error(`there is no ${name}`)
  return sum
}
