import { type Command, Option } from 'commander'
import { addLimits } from './commands/account/limits.js'
import { addList } from './commands/account/list.js'
import { addOpen } from './commands/account/open.js'
import { addShow } from './commands/account/show.js'
import { addStatusChanges } from './commands/account/status.js'
import { addAuthorize } from './commands/authorize.js'
import { addAdvise } from './commands/card-rail/advise.js'
import { addCapture } from './commands/card-rail/capture.js'
import { addIncrement } from './commands/card-rail/increment.js'
import { addRefund } from './commands/card-rail/refund.js'
import { addCategoryDrop } from './commands/categories/drop.js'
import { addCategoryHolds } from './commands/categories/holds.js'
import { addCategoryList } from './commands/categories/list.js'
import { addCategoryPolicy } from './commands/categories/policy.js'
import { addCategorySet } from './commands/categories/set.js'
import { addClear } from './commands/clear.js'
import { addCompletion } from './commands/completion.js'
import { addCredit } from './commands/credit.js'
import { addLoad } from './commands/load.js'
import { addPurchase } from './commands/purchase.js'
import { addReverse } from './commands/reverse.js'
import { addExport } from './commands/rules/export.js'
import { addImport } from './commands/rules/import.js'
import { addRuleList } from './commands/rules/list.js'
import { addResolve } from './commands/rules/resolve.js'
import { addSeed } from './commands/seed.js'
import { addShard } from './commands/shard.js'
import { addSimulate } from './commands/simulate.js'
import { addStatement } from './commands/statement.js'
import { addToken } from './commands/token.js'
import { addTransaction } from './commands/transaction.js'
import { addVerify } from './commands/verify.js'
import { checkRequired, choiceOption, textOption, timeoutOption } from './options.js'
import { StrictCommand } from './strict-command.js'
import { outputFormats } from './terminal/output.js'

const EXIT_CODES = `
Exit codes:
  0  done, or approved
  1  declined, rejected because of the current state, or discrepancies found
  2  invalid option, file, token or configuration; nothing was done
  3  the service did not answer, or the outcome is unknown

Reads the same environment and .env as the service.`

/** The command line, as a tree of commands. Nothing runs before it is parsed. */
export function createProgram(): Command {
  const program = new StrictCommand('benefits')
    .description('Command line of benefits-authorizer.')
    // Before any command is added: commands inherit it.
    .exitOverride()
    .showSuggestionAfterError()
    .hook('preAction', (_, command) => checkRequired(command))
    .configureHelp({ showGlobalOptions: true })
    .addOption(
      choiceOption(
        '--output <format>',
        'output format (default: table at a terminal, else json; excel is CSV for Excel)',
        outputFormats,
      ),
    )
    .addOption(textOption('--server <host:port>', 'address of the service (default: HOST and GRPC_PORT)'))
    .addOption(
      textOption(
        '--token <jwt>',
        'bearer token to send (default: BENEFITS_TOKEN, or a token signed with JWT_SECRET)',
      ),
    )
    .addOption(new Option('--tls', 'use TLS (default: when configured)'))
    .addOption(new Option('--no-tls', 'use plaintext'))
    .addOption(textOption('--tls-ca <file>', 'certificate authorities to trust, PEM'))
    .addOption(textOption('--tls-cert <file>', 'client certificate, PEM'))
    .addOption(textOption('--tls-key <file>', 'private key of the client certificate, PEM'))
    .addOption(timeoutOption('time limit for an answer (5)'))
    .addHelpText('after', '\nExample:\n  ./benefits account show')
    .addHelpText('after', EXIT_CODES)

  addAccountCommands(program)
  addCredit(program)
  addLoad(program)
  addClear(program)
  addAuthorize(program)
  addIncrement(program)
  addCapture(program)
  addAdvise(program)
  addRefund(program)
  addReverse(program)
  addSimulate(program)
  addStatement(program)
  addTransaction(program)
  addPurchase(program)
  addRuleCommands(program)
  addCategoryCommands(program)
  addVerify(program)
  addToken(program)
  addSeed(program)
  addShard(program)
  addCompletion(program)
  return program
}

function addAccountCommands(program: Command): void {
  const account = program
    .command('account')
    .description('open, show and change accounts')
    .addHelpText('after', '\nExample:\n  ./benefits account list')
  addOpen(account)
  addShow(account)
  addList(account)
  addStatusChanges(account)
  addLimits(account)
}

function addRuleCommands(program: Command): void {
  const rules = program
    .command('rules')
    .description('manage merchant rules, which replace the MCC of a merchant')
    .addHelpText('after', '\nExample:\n  ./benefits rules list')
  addImport(rules)
  addExport(rules)
  addRuleList(rules)
  addResolve(rules)
}

function addCategoryCommands(program: Command): void {
  const categories = program
    .command('categories')
    .description('manage benefit categories and the MCCs that each pays for')
    .addHelpText('after', '\nExample:\n  ./benefits categories list')
  addCategoryList(categories)
  addCategorySet(categories)
  addCategoryDrop(categories)
  addCategoryPolicy(categories)
  addCategoryHolds(categories)
}
