import { copyFile, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { publish, publishedRecord } from '../../../../bench/long-run/files.js'
import type { LongRunRecord } from '../../../../bench/long-run/record.js'
import type { Random } from '../../../../tools/random.js'
import { useTempFolder } from '../../../support/temp-folder.js'
import { inventedRecord } from './invented-record.js'

/** Numbers with as many digits as measured ones. */
const fourDigits = (_: number, random: Random) => (1_000 + random.below(9_000)) / 10

describe('the files of a long run', () => {
  const folder = useTempFolder()
  const plain = inventedRecord({})
  const ids = Object.keys(plain.series)
  const record: LongRunRecord = inventedRecord({
    courses: Object.fromEntries(ids.map((id) => [id, fourDigits])),
  })
  let docs: string

  before(async () => {
    docs = join(folder(), 'docs')
    await mkdir(join(docs, 'reliability'), { recursive: true })
    await copyFile('.docs/reliability/long-run.md', join(docs, 'reliability/long-run.md'))
    await publish(docs, record)
  })

  it('hold the complete data, from which the pages are regenerated', async () => {
    const page = await readFile(join(docs, 'reliability/long-run.md'), 'utf8')
    const read = await publishedRecord(docs)
    expect(read).to.deep.equal(record)
    await publish(docs, read)
    expect(await readFile(join(docs, 'reliability/long-run.md'), 'utf8')).to.equal(page)
  })

  it('are small enough for the repository', async () => {
    expect((await stat(join(docs, 'reliability/long-run.json'))).size).to.be.below(100 * 1_024)
    expect((await stat(join(docs, 'reliability/long-run.svg'))).size).to.be.below(200 * 1_024)
  })

  it('include the chart at the path that the page uses', async () => {
    const page = await readFile(join(docs, 'reliability/long-run.md'), 'utf8')
    const [, shown = ''] = /!\[Everything over time\]\((.*)\)/.exec(page) ?? []
    expect(await readFile(join(docs, 'reliability', shown), 'utf8')).to.match(/^<svg /)
  })
})
