import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../tools/command.js'
import { Benchmark, type Measured } from './benchmark.js'
import { clockText } from './clock-text.js'
import { writeMeasurements } from './measurements-file.js'
import { goals } from './plan/goals.js'
import { besideOnly, type Plan, quickPlan, wholePlan } from './plan/scenarios.js'
import { sidesNamed } from './plan/sides.js'
import type { Measurements } from './report/measurements.js'
import { railSection } from './report/rail-section.js'
import { paragraphsOf } from './report/section.js'
import { besideSection } from './report/table-sections.js'
import { buildPrograms } from './session/build.js'
import { PROJECT } from './session/children.js'
import { Database } from './session/database.js'
import { commitOf, machine, versions } from './session/environment.js'
import { interruptedBySignal } from './session/interruption.js'

/** Where the figures of a whole run are kept: the page is made from them. */
const MEASUREMENTS = join(PROJECT, '.docs/benchmarks/measurements.json')

await runCommand('bench', async () => {
  const [, , which] = process.argv
  const whole = which === undefined
  const plan = which === 'quick' ? quickPlan : which === 'beside' ? besideOnly(wholePlan) : wholePlan
  const signal = interruptedBySignal('bench')
  const startedAtMs = performance.now()
  const progress = (line: string) => console.log(`${clockText(performance.now() - startedAtMs)}  ${line}`)

  progress('compiling what is measured')
  await buildPrograms()
  const database = await Database.start(progress)
  const benchmark = new Benchmark({ plan, database, signal, onProgress: progress })
  try {
    const measurements = measurementsOf(plan, await benchmark.run(), database.version)
    const file = whole ? MEASUREMENTS : await temporaryFile()
    await writeMeasurements(file, measurements)
    const sections = [besideSection, railSection].flatMap((make) => make(measurements) ?? [])
    if (!whole) console.log(sections.flatMap(paragraphsOf).join('\n\n'))
    const discrepancies = measurements.runs.flatMap((run) => run.discrepancies)
    progress(`${measurements.runs.length} runs, ${discrepancies.length} discrepancies, written to ${file}`)
  } catch (error) {
    const { runs } = benchmark.measured
    if (runs.length > 0) {
      const file = await temporaryFile()
      await writeMeasurements(file, measurementsOf(plan, benchmark.measured, database.version))
      progress(`what was measured until then is in ${file}`)
    }
    throw signal.aborted ? new Error('interrupted') : error
  } finally {
    await database.stop()
  }
})

function measurementsOf(plan: Plan, measured: Measured, mongodVersion: string): Measurements {
  return {
    takenAt: new Date().toISOString(),
    ...commitOf(),
    machine: machine(),
    versions: versions(mongodVersion),
    sides: sidesNamed(plan.sides).map(({ id, name, kind, what }) => ({ id, name, kind, what })),
    ...measured,
    goals: goals(plan, measured.scenarios),
  }
}

async function temporaryFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'benefits-bench-')), 'measurements.json')
}
