import { contendersIn } from './contender.js'
import { perAnswerUs, runsAt } from './figures.js'
import type { DriverFloor, Measurements, Run } from './measurements.js'
import { numberText, spreadText } from './number-text.js'
import { type Section, table } from './section.js'
import { type Spread, spreadOf } from './spread.js'

const MEBIBYTE = 1024 ** 2

/** Processor time and memory, and what the bare driver can do. */
export function costSection(measurements: Measurements): Section | undefined {
  const rows = costRows(measurements)
  const floors = floorRows(measurements.floors ?? [])
  if (rows.length + floors.length === 0) return undefined
  const head = ['load and side', 'service', 'MongoDB', 'load generator', 'largest memory of the service, MiB']
  return {
    title: 'What it costs',
    paragraphs: [
      ...(rows.length === 0
        ? []
        : [
            'Processor time for one answer, in microseconds. Of the service and MongoDB it is that of the whole run, warm-up and the copying to the ledger afterwards included.',
            table(head, rows),
          ]),
      ...(floors.length === 0
        ? []
        : [
            'The bare driver, without gRPC and without any rule: updates per second, and processor time for one update in microseconds.',
            table(['operation', 'updates per second', 'client', 'MongoDB'], floors),
          ]),
    ],
    charts: [],
  }
}

function costRows(measurements: Measurements): readonly (readonly string[])[] {
  const shown = measurements.scenarios.filter(({ group }) => group === 'throughput' || group === 'hot')
  return shown.flatMap((scenario) =>
    contendersIn(measurements, [scenario]).map(({ side, name }) => {
      const runs = runsAt(measurements, { scenario: scenario.id, side: side.id })
      const cpu = (which: 'service' | 'mongod') =>
        over(runs, ({ cpuMs, result }) => cpuMs && perAnswerUs(cpuMs[which], result.whole))
      return [
        `${scenario.title}: ${name}`,
        spreadText(cpu('service')),
        spreadText(cpu('mongod')),
        spreadText(over(runs, ({ result }) => result.generator.cpuUsPerCall)),
        spreadText(over(runs, ({ rssBytesMax }) => rssBytesMax && rssBytesMax / MEBIBYTE)),
      ]
    }),
  )
}

function over(runs: readonly Run[], figure: (run: Run) => number | undefined): Spread | undefined {
  return spreadOf(runs.flatMap((run) => figure(run) ?? []))
}

function floorRows(floors: readonly DriverFloor[]): readonly (readonly string[])[] {
  const kinds = [...new Set(floors.map(nameOf))]
  return kinds.map((kind) => {
    const rounds = floors.filter((floor) => nameOf(floor) === kind)
    return [
      kind,
      spreadText(spreadOf(rounds.map(({ perSecond }) => perSecond))),
      spreadText(spreadOf(rounds.map(({ cpuUs }) => cpuUs.client))),
      spreadText(spreadOf(rounds.flatMap(({ cpuUs }) => cpuUs.mongod ?? []))),
    ]
  })
}

function nameOf({ operation, batch, inFlight }: DriverFloor): string {
  const size = batch === 1 ? '' : ` of ${numberText(batch)}`
  return `${operation}${size}, ${numberText(inFlight)} under way`
}
