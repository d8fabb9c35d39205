import type { Command } from 'commander'
import { offOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { showDecision } from '../decision-sheet.js'
import { type BookingOptions, bookingOf, takesBooking } from './booking-options.js'

type Options = BookingOptions & { readonly fallback: boolean }

/** `benefits advise`: books a purchase that others have approved. */
export function addAdvise(program: Command): void {
  const command = program
    .command('advise')
    .description('book a purchase that a terminal or the network has approved, once per --id')
  takesBooking(command, { noun: 'advice', isOriginalRequired: false })
    .addOption(offOption('--no-fallback', 'do not let the free balance pay'))
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits advise --account ana --amount 15.00 --mcc 5411 --id offline-1',
    )
    .action(async (options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(options.account)
        const advice = bookingOf(options, accountId)
        const request = options.fallback ? advice : { ...advice, fallback: 'FALLBACK_NEVER' }
        showDecision(session, await session.change(methods.advise, options.id, request))
      })
    })
}
