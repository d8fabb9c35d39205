import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { Failure } from '../../failure.js'
import { limitOption, requestIdOption, textOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { newId, withSession } from '../../session.js'
import { objectIn, objectsIn, textIn } from '../../terminal/sheet.js'
import { requiredAccount, takesAccount } from './account-argument.js'
import { accountView } from './account-view.js'

type Options = {
  readonly account?: string
  readonly purchase?: string
  readonly category?: string
  readonly day?: string
  readonly month?: string
  readonly id?: string
}

/** `benefits account limits`: changes only the given limits. */
export function addLimits(account: Command): void {
  takesAccount(
    account
      .command('limits')
      .description('set spending limits of an account; other limits stay, "none" removes a limit'),
  )
    .addOption(limitOption('--purchase <reais>', 'limit for one purchase'))
    .addOption(textOption('--category <id>', 'wallet that --day and --month apply to'))
    .addOption(limitOption('--day <reais>', 'limit of the wallet for a day'))
    .addOption(limitOption('--month <reais>', 'limit of the wallet for a month'))
    .addOption(requestIdOption())
    .addHelpText(
      'after',
      '\nExamples:\n  ./benefits account limits ana --purchase 200.00\n  ./benefits account limits ana --category FOOD --day 100.00 --month none',
    )
    .action(async (id: string | undefined, options: Options, command: Command) => {
      const accountId = requiredAccount(id, options.account)
      checkTogether(options)
      await withSession(command, async (session) => {
        const current = await session.call(methods.getAccount, { accountId })
        const requestId = options.id ?? newId()
        const request = changeOf({ accountId, requestId, options, limits: limitsIn(current) })
        session.output.show(accountView(await session.change(methods.updateAccount, requestId, request)))
      })
    })
}

function checkTogether({ purchase, category, day, month }: Options): void {
  const ofWallet = day !== undefined || month !== undefined
  if (ofWallet && category === undefined)
    throw new Failure('--day and --month require --category, the wallet that they apply to')
  if (!ofWallet && category !== undefined)
    throw new Failure('--category requires --day or --month ("none" removes a limit)')
  if (!ofWallet && purchase === undefined)
    throw new Failure('name a limit: --purchase, or --category with --day or --month')
}

/** The API sets both limits of a wallet together, so the other limit is sent unchanged. */
function changeOf(change: {
  readonly accountId: string
  readonly requestId: string
  readonly options: Options
  readonly limits: JsonObject
}): JsonObject {
  const { purchase, category, day, month } = change.options
  const current = objectsIn(change.limits, 'wallets').find((each) => textIn(each, 'category') === category)
  const wallet = {
    category: category ?? '',
    ...limit('dayMax', day ?? textIn(current ?? {}, 'dayMax')),
    ...limit('monthMax', month ?? textIn(current ?? {}, 'monthMax')),
  }
  const paths = [
    ...(purchase === undefined ? [] : ['limits.purchaseMax']),
    ...(category === undefined ? [] : ['limits.wallets']),
  ]
  return {
    account: {
      id: change.accountId,
      limits: { ...limit('purchaseMax', purchase ?? ''), wallets: category === undefined ? [] : [wallet] },
    },
    updateMask: paths.join(','),
    requestId: change.requestId,
  }
}

function limitsIn(answer: JsonObject): JsonObject {
  return objectIn(objectIn(answer, 'account'), 'limits')
}

function limit(field: string, value: string): JsonObject {
  return value === '' || value === 'none' ? {} : { [field]: value }
}
