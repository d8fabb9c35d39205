import { text } from 'node:stream/consumers'
import { readJob } from './job-reader.js'
import { runLoad } from './load-run.js'

// A job in, a result out; or one line on standard error, and exit code 1.
try {
  const job = readJob(await text(process.stdin))
  console.log(JSON.stringify(await runLoad(job)))
} catch (error) {
  console.error(`load: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
