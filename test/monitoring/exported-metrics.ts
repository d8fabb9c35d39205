/** The metrics of a service: the labels of every series, by the name of the sample. */
export type ExportedSamples = ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>

/** A metric with its type line; its samples may have longer names. */
export type ExportedMetric = { readonly name: string; readonly type: string; readonly help: string }

/** The content of a page in the Prometheus text format. */
export type ExportedMetrics = {
  readonly metrics: readonly ExportedMetric[]
  readonly samples: ExportedSamples
}

/** Reads a page in the Prometheus text format. */
export function readMetricsPage(page: string): ExportedMetrics {
  const types = new Map(
    [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  )
  const helps = [...page.matchAll(/^# HELP (\S+) (.*)$/gm)]
  const metrics = helps.map(([, name = '', help = '']) => ({
    name,
    help,
    type: types.get(name) ?? 'untyped',
  }))
  const samples = new Map<string, Record<string, string>[]>()
  for (const [, name = '', labels = ''] of page.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/gm)) {
    samples.set(name, [...(samples.get(name) ?? []), labelsOf(labels)])
  }
  return { metrics, samples }
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
  return Object.fromEntries(pairs.map(([, label = '', value = '']) => [label, value]))
}
