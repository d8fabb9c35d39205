import { requiredArgument, runCommand } from '../../tools/command.js'
import { clearingPlan } from './clearing/clearing.js'
import { clockPlan } from './clock/clock.js'
import { crashPlan } from './crash/crash.js'
import { databasePlan } from './database/database.js'
import { failoverPlan } from './failover/failover.js'
import { type Plan, runPlan } from './harness/run.js'
import { hostilePlan } from './hostile/hostile.js'
import { shardPlan } from './shard/shard.js'

/** The kinds of faults that `make faults` offers. */
const plans: Readonly<Record<string, () => Plan>> = {
  crash: crashPlan,
  failover: failoverPlan,
  database: databasePlan,
  hostile: hostilePlan,
  clock: clockPlan,
  shard: shardPlan,
  clearing: clearingPlan,
}

await runCommand('faults', async () => {
  const kind = requiredArgument('kind', 'kind=crash')
  const plan = plans[kind]
  if (!plan) throw new Error(`kind= is one of ${Object.keys(plans).join(', ')}`)
  await runPlan(kind, plan())
})
