import { setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { AttackContext } from './attack.js'
import { attacks, isAttack } from './attacks/all.js'
import type { AttackJob } from './job.js'

/** An attacker has a machine of its own: here it has to leave the processors to those who are attacked. */
const PRIORITY_LOWEST = 19

// A job in, a result out; or one line on standard error, and exit code 1.
try {
  setPriority(PRIORITY_LOWEST)
  // Written by the campaign that starts us, which has the same type.
  const job = JSON.parse(await text(process.stdin)) as AttackJob
  if (!isAttack(job.attack)) throw new Error(`there is no attack ${job.attack}`)
  const context = new AttackContext(job)
  await attacks[job.attack](context)
  console.log(JSON.stringify(context.tally.result()))
  process.exit(0)
} catch (error) {
  console.error(`attacker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  process.exit(1)
}
