import { setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { AttackContext, type AttackJob } from './attack.js'
import { attacks, isAttack } from './attacks/all.js'

/** A real attacker has a separate machine: here it must leave the processors to the service. */
const PRIORITY_LOWEST = 19

// Reads a job and prints a result. On failure: one line on standard error, and exit code 1.
try {
  setPriority(PRIORITY_LOWEST)
  // Written by the campaign, which has the same type.
  const job = JSON.parse(await text(process.stdin)) as AttackJob
  if (!isAttack(job.attack)) throw new Error(`there is no attack ${job.attack}`)
  const context = new AttackContext(job)
  await attacks[job.attack].run(context)
  console.log(JSON.stringify(context.result()))
  process.exit(0)
} catch (error) {
  console.error(`attacker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  process.exit(1)
}
