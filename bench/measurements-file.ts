import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Measurements, Run } from './report/measurements.js'

/** Ids without an answer that are kept by name. */
const NAMED_MAX = 5

/** Writes measurements as JSON with a line for each run: small enough to be kept, and its changes can be read. */
export async function writeMeasurements(file: string, measurements: Measurements): Promise<void> {
  const closed = measurements.scenarios.filter(({ load }) => load.type === 'closed').map(({ id }) => id)
  const runs = measurements.runs.map((run) => withoutBallast(run, closed.includes(run.scenario)))
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, textOf({ ...measurements, runs }))
}

/** Nobody looks at the whole distribution of a closed loop: only what requests that came by themselves waited is one. */
function withoutBallast(run: Run, isClosed: boolean): Run {
  const { measured, whole } = run.result
  const unknown = { ...whole.unknown, ids: whole.unknown.ids.slice(0, NAMED_MAX) }
  return {
    ...run,
    result: {
      ...run.result,
      measured: isClosed ? { ...measured, latencyBuckets: [] } : measured,
      whole: { ...whole, unknown },
    },
  }
}

function textOf(measurements: Measurements): string {
  const fields = Object.entries(measurements).map(
    ([name, value]) => `${JSON.stringify(name)}: ${linesOf(value)}`,
  )
  return `{\n${fields.join(',\n')}\n}\n`
}

function linesOf(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value)
  return `[\n${value.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]`
}
