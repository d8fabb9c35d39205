/** The samples of /metrics: `grpc_server_started_total{grpc_type="unary",...}` and its value. */
export async function readMetrics(httpUrl: string): Promise<ReadonlyMap<string, number>> {
  const page = await (await fetch(`${httpUrl}/metrics`)).text()
  const samples = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((sample) => {
      const space = sample.lastIndexOf(' ')
      return [sample.slice(0, space), Number(sample.slice(space + 1))]
    }),
  )
}

/** Adds up the samples of one series that have all these labels. */
export async function readMetric(
  httpUrl: string,
  series: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  let sum = 0
  for (const [sample, value] of await readMetrics(httpUrl)) {
    const [name, rest = ''] = sample.split('{')
    if (name === series && wanted.every((label) => rest.includes(label))) sum += value
  }
  return sum
}
