import type { Command } from 'commander'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { showDecision } from '../decision-sheet.js'
import { type BookingOptions, bookingOf, takesBooking } from './booking-options.js'

type Options = BookingOptions & { readonly moreToCome?: true }

/** `benefits capture`: books the clearing of a purchase. */
export function addCapture(program: Command): void {
  const command = program.command('capture').description('book the clearing of a purchase, once per --id')
  takesBooking(command, { noun: 'capture', isOriginalRequired: true })
    .option('--more-to-come', 'keep the rest of the hold for more captures')
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits capture --account ana --original purchase-2 --amount 22.00 --mcc 5812 --id capture-1',
    )
    .action(async (options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(options.account)
        const { moreToCome } = options
        const request = { ...bookingOf(options, accountId), ...(moreToCome && { moreToCome }) }
        showDecision(session, await session.change(methods.capture, options.id, request))
      })
    })
}
