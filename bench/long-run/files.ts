import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withFigures } from './page.js'
import { pictureOf } from './picture.js'
import type { LongRunRecord } from './record.js'

/** Holds the page and, beside it, the record and the picture that it is made from. */
const FOLDER = 'reliability'
const RECORD = 'long-run.json'
const PICTURE = 'long-run.svg'
const PAGE = 'long-run.md'

/** Writes figures and picture into a folder. */
export async function writeRecord(folder: string, record: LongRunRecord): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, RECORD), textOf(record))
  await writeFile(join(folder, PICTURE), pictureOf(record))
}

/** Writes figures and picture into the documentation, and the figures into its page as tables. */
export async function publish(docs: string, record: LongRunRecord): Promise<void> {
  const folder = join(docs, FOLDER)
  await writeRecord(folder, record)
  const page = join(folder, PAGE)
  await writeFile(page, withFigures(await readFile(page, 'utf8'), record, PICTURE))
}

/** The run that the documentation tells of. */
export async function publishedRecord(docs: string): Promise<LongRunRecord> {
  // It was written by us.
  return JSON.parse(await readFile(join(docs, FOLDER, RECORD), 'utf8')) as LongRunRecord
}

/** JSON with a line for each field and each series: its changes can be read. */
function textOf(record: LongRunRecord): string {
  const lines = Object.entries(record).map(
    ([name, value]) => `${JSON.stringify(name)}: ${linesOf(name, value)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

function linesOf(name: string, value: LongRunRecord[keyof LongRunRecord]): string {
  if (name !== 'series') return JSON.stringify(value)
  const series = Object.entries(value).map(
    ([id, values]) => `  ${JSON.stringify(id)}: ${JSON.stringify(values)}`,
  )
  return `{\n${series.join(',\n')}\n}`
}
