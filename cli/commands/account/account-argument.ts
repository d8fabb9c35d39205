import type { Command } from 'commander'
import { Failure } from '../../failure.js'
import { textArgument, textOption } from '../../options.js'

/** Adds the account as an argument, or as `--account` like in the commands that move money. */
export function takesAccount(command: Command): Command {
  return command
    .argument('[account]', 'id of the account', textArgument)
    .addOption(textOption('--account <id>', 'the same').hideHelp())
}

/** Reads the account from the argument or the option. */
export function namedAccount(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument !== undefined && option !== undefined && argument !== option)
    throw new Failure(`two accounts are named: ${argument} and ${option}`)
  return argument ?? option
}

/** The same for a required account. */
export function requiredAccount(argument: string | undefined, option: string | undefined): string {
  const account = namedAccount(argument, option)
  if (account === undefined) throw new Failure('name the account, for example: ana')
  return account
}
