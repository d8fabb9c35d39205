import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Measurements } from './measurements.js'
import { reportOn } from './report.js'

// Writes the page and its charts from the measurements that the benchmark has left there.
const docs = process.argv[2] ?? '.docs'
const folder = join(docs, 'benchmarks')

try {
  // The benchmark has written it.
  const measurements = JSON.parse(await readFile(join(folder, 'measurements.json'), 'utf8')) as Measurements
  const { markdown, charts } = reportOn(measurements)
  await mkdir(folder, { recursive: true })
  const stale = (await readdir(folder)).filter((name) => name.endsWith('.svg'))
  await Promise.all(stale.map((name) => rm(join(folder, name))))
  await Promise.all(charts.map(({ file, svg }) => writeFile(join(folder, file), svg)))
  await writeFile(join(docs, 'benchmarks.md'), markdown)
  console.log(`${join(docs, 'benchmarks.md')} and ${charts.length} charts in ${folder}`)
} catch (error) {
  console.error(`bench-report: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
