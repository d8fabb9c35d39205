import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { publish, publishedRecord } from '../../../bench/long-run/files.js'
import type { Measurements } from '../../../bench/report/measurements.js'
import { reportOn } from '../../../bench/report/report.js'
import { useTempFolder } from '../../support/temp-folder.js'

const DOCS = '.docs'

describe('the documentation', () => {
  const folder = useTempFolder()

  it('shows the page and the charts that the report makes from the recorded figures', async () => {
    const recorded = await readFile(join(DOCS, 'benchmarks/measurements.json'), 'utf8')
    // The benchmark wrote it.
    const { markdown, charts } = reportOn(JSON.parse(recorded) as Measurements)
    expect(await readFile(join(DOCS, 'benchmarks.md'), 'utf8')).to.equal(markdown)
    const files = (await readdir(join(DOCS, 'benchmarks'))).filter((name) => name.endsWith('.svg'))
    expect(files).to.have.members(charts.map(({ file }) => file))
    for (const { file, svg } of charts)
      expect(await readFile(join(DOCS, 'benchmarks', file), 'utf8'), file).to.equal(svg)
  })

  it('shows the figures and the chart of the recorded long run', async () => {
    const docs = join(folder(), 'docs')
    await mkdir(join(docs, 'reliability'), { recursive: true })
    await copyFile(join(DOCS, 'reliability/long-run.md'), join(docs, 'reliability/long-run.md'))
    await publish(docs, await publishedRecord(DOCS))
    for (const name of ['long-run.md', 'long-run.json', 'long-run.svg']) {
      const written = await readFile(join(docs, 'reliability', name), 'utf8')
      expect(await readFile(join(DOCS, 'reliability', name), 'utf8'), name).to.equal(written)
    }
  })
})
