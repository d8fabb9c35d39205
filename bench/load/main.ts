import { text } from 'node:stream/consumers'
import type { LoadJob } from './job.js'
import { runLoad } from './load-run.js'

// A job in, a result out; or one line on standard error, and exit code 1.
try {
  // The benchmark wrote it.
  const job = JSON.parse(await text(process.stdin)) as LoadJob
  console.log(JSON.stringify(await runLoad(job)))
} catch (error) {
  console.error(`load: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
