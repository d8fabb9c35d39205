import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { writeMeasurements } from '../../../bench/measurements-file.js'
import type { Measurements } from '../../../bench/report/measurements.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { invented } from './report-fixture.js'

describe('the file of the measurements', () => {
  const folder = useTempFolder()
  const measurements = invented()
  let text: string
  let read: Measurements

  before(async () => {
    const file = join(folder(), 'not', 'there', 'yet', 'measurements.json')
    await writeMeasurements(file, measurements)
    text = await readFile(file, 'utf8')
    read = JSON.parse(text)
  })

  it('holds all data except what the report does not use', () => {
    expect(read).to.deep.equal({ ...measurements, runs: read.runs })
    expect(read.runs).to.have.length(measurements.runs.length)
    for (const [index, run] of read.runs.entries()) {
      const expected = measurements.runs[index]?.result.measured
      const { latencyBuckets, ...figures } = run.result.measured
      expect(expected).to.deep.include(figures)
      expect(latencyBuckets).to.deep.equal(isClosed(run.scenario) ? [] : expected?.latencyBuckets)
    }
  })

  it('has a line for each run', () => {
    const lines = text.split('\n').filter((line) => /^ {2}\{"round":\d+,"scenario":/.test(line))
    expect(lines).to.have.length(measurements.runs.length).and.not.empty
  })

  function isClosed(id: string): boolean {
    return measurements.scenarios.find((scenario) => scenario.id === id)?.load.type === 'closed'
  }
})
