import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../tools/command.js'
import { Benchmark, type Measured } from './benchmark.js'
import { buildPrograms } from './build.js'
import { PROJECT } from './children.js'
import { clockText } from './clock-text.js'
import { Database } from './database.js'
import { commitOf, machine, versions } from './environment.js'
import { goals } from './goals.js'
import { interruptedBySignal } from './interruption.js'
import { writeMeasurements } from './measurements-file.js'
import { besideSection } from './report/beside-section.js'
import type { Measurements } from './report/measurements.js'
import { besideOnly, type Plan, quickPlan, wholePlan } from './scenarios.js'
import { sidesNamed } from './sides.js'

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
    if (!whole) console.log(besideSection(measurements)?.paragraphs.join('\n\n'))
    const damages = measurements.runs.flatMap((run) => run.damages)
    progress(`${measurements.runs.length} runs, ${damages.length} damages, written to ${file}`)
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
