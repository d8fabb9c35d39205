import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { amountOption, durationOption, offOption, onOption, required, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { newId, withSession } from '../session.js'
import { showDecision } from './decision-sheet.js'
import { type NetworkOptions, networkOf, takesNetworkData } from './network-options.js'

export type PurchaseOptions = {
  readonly account?: string
  readonly amount: string
  readonly mcc: string
  readonly merchant?: string
  readonly id?: string
  readonly fallback: boolean
  readonly verification?: true
  readonly hold?: true
  /** In seconds. */
  readonly expiresIn?: number
} & NetworkOptions

/** `benefits authorize`: decides a purchase, as for the payment switch. */
export function addAuthorize(program: Command): void {
  takesPurchase(program.command('authorize').description('authorize a purchase'))
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits authorize --amount 10.00 --mcc 5811 --merchant "PADARIA DO ZE"',
    )
    .action(async (options: PurchaseOptions, command: Command) => {
      await withSession(command, async (session) => {
        const accountId = await session.accountOrExample(options.account)
        const transactionId = options.id ?? newId()
        const answer = await session.change(methods.authorize, transactionId, {
          ...purchaseOf(options, accountId),
          transactionId,
        })
        showDecision(session, answer)
      })
    })
}

/** Adds the options that describe a purchase. */
export function takesPurchase(command: Command): Command {
  command
    .addOption(textOption('--account <id>', 'account (default: the first example account)'))
    .addOption(required(amountOption('--amount <reais>', 'amount, such as 10.00')))
    .addOption(required(textOption('--mcc <mcc>', 'merchant category code, four digits')))
    .addOption(textOption('--merchant <text>', 'merchant: ISO 8583 DE43, or a name'))
    .addOption(offOption('--no-fallback', 'do not let the free balance pay'))
    .addOption(
      onOption('--verification', 'in place of --amount: ask whether the account could pay; moves nothing', {
        amount: '0',
      }),
    )
    .addOption(onOption('--hold', 'reserve the amount until a capture, instead of paying it', {}))
    .addOption(
      durationOption(
        '--expires-in <duration>',
        'how long to hold, such as 3d (default: the hold policy)',
      ).implies({
        hold: true,
      }),
    )
    .addOption(textOption('--id <id>', 'id of the purchase, which is decided once (default: a new id)'))
  return takesNetworkData(command)
}

export function purchaseOf(options: PurchaseOptions, accountId: string): JsonObject {
  const { amount, mcc, merchant = '', id = '', fallback, verification, hold, expiresIn } = options
  const purchase = {
    transactionId: id,
    accountId,
    amount,
    mcc,
    merchant,
    ...(verification && { verification }),
    ...(hold && { hold: expiresIn === undefined ? {} : { expiresIn: `${expiresIn}s` } }),
    ...networkOf(options),
  }
  return fallback ? purchase : { ...purchase, fallback: 'FALLBACK_NEVER' }
}
