import type { Command } from 'commander'
import { methods } from '../service/methods.js'
import { withSession } from '../session.js'
import { type PurchaseOptions, purchaseOf, takesPurchase } from './authorize.js'
import { simulationView } from './simulation-view.js'

/** `benefits simulate`: explains what authorize would answer. */
export function addSimulate(program: Command): void {
  takesPurchase(
    program.command('simulate').description('explain what authorize would answer; changes nothing'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits simulate --amount 10.00 --mcc 5811 --merchant "PADARIA DO ZE"',
    )
    .action(async (options: PurchaseOptions, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(options.account)
        const answer = await session.call(methods.simulate, purchaseOf(options, accountId))
        session.output.show(simulationView(answer))
      })
    })
}
