import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { amountOption, required, textOption } from '../../options.js'
import { type NetworkOptions, networkOf, takesNetworkData } from '../network-options.js'

export type BookingOptions = {
  readonly account?: string
  readonly original?: string
  readonly amount: string
  readonly mcc: string
  readonly merchant?: string
  readonly id: string
} & NetworkOptions

/** Adds the options of a booking. The id is required, because without an id a second run books twice. */
export function takesBooking(
  command: Command,
  { noun, isOriginalRequired }: { readonly noun: string; readonly isOriginalRequired: boolean },
): Command {
  const original = textOption('--original <id>', 'id of the purchase')
  command
    .addOption(textOption('--account <id>', 'account (default: the first example account)'))
    .addOption(isOriginalRequired ? required(original) : original)
    .addOption(required(amountOption('--amount <reais>', 'amount, such as 10.00')))
    .addOption(required(textOption('--mcc <mcc>', 'merchant category code, four digits')))
    .addOption(textOption('--merchant <text>', 'merchant: ISO 8583 DE43, or a name'))
    .addOption(required(textOption('--id <id>', `id of the ${noun}: the same id books only once`)))
  return takesNetworkData(command)
}

/** Builds the request of a capture, an advice or a refund. */
export function bookingOf(options: BookingOptions, accountId: string): JsonObject {
  const { original, amount, mcc, merchant = '', id: transactionId } = options
  return {
    transactionId,
    accountId,
    ...(original !== undefined && { originalTransactionId: original }),
    amount,
    mcc,
    merchant,
    ...networkOf(options),
  }
}
