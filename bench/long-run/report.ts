import { join } from 'node:path'
import { runCommand } from '../../tools/command.js'
import { PROJECT } from '../session/children.js'
import { publish, publishedRecord } from './files.js'

// Draws picture and figures of the last whole run again.
await runCommand('long-run-report', async () => {
  const docs = join(PROJECT, '.docs')
  await publish(docs, await publishedRecord(docs))
  console.log('.docs/reliability/long-run.md and long-run.svg are written')
})
