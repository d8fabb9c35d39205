import type { Command } from 'commander'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { showDecision } from '../decision-sheet.js'
import { type BookingOptions, bookingOf, takesBooking } from './booking-options.js'

type Options = BookingOptions & { readonly request?: true }

/** `benefits refund`: books money that a merchant gives back, or asks whether it may. */
export function addRefund(program: Command): void {
  const command = program
    .command('refund')
    .description('give back money that a merchant refunds, once per --id')
  takesBooking(command, { noun: 'refund', isOriginalRequired: false })
    .option('--request', 'ask first: the refund may be declined')
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits refund --account ana --original purchase-2 --amount 5.00 --mcc 5812 --id refund-1',
    )
    .action(async (options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(options.account)
        const { request: isAsked } = options
        const method = isAsked ? methods.requestRefund : methods.refund
        const request = { ...bookingOf(options, accountId), ...(isAsked && { request: true }) }
        showDecision(session, await session.change(method, options.id, request))
      })
    })
}
