import { type Command, InvalidArgumentError } from 'commander'
import { configHere } from '../configuration.js'
import { durationOption, textOption } from '../options.js'
import { scopes } from '../service/methods.js'
import { issueToken } from '../service/token-issuer.js'

const HOUR_SECONDS = 3_600

type Options = { readonly scope?: string; readonly subject?: string; readonly lifetime?: number }

/** `benefits token`: prints only a token that this service accepts. */
export function addToken(program: Command): void {
  const scope = textOption('--scope <scopes>', `scopes, separated by spaces: ${scopes.join(' ')}`)
  const parse = scope.parseArg
  scope.argParser((text: string, previous: unknown) => checkedScopes(String(parse?.(text, previous) ?? text)))
  program
    .command('token')
    .description('print a bearer token for callers of the service')
    .addOption(scope)
    .addOption(textOption('--subject <name>', 'subject of the token (developer)'))
    .addOption(durationOption('--lifetime <time>', 'lifetime, such as 15m (1h)'))
    .addHelpText(
      'after',
      '\nExample:\n  ./benefits token --scope "accounts:read accounts:write" --subject ana --lifetime 15m',
    )
    .action(async ({ scope: wanted, subject, lifetime }: Options) => {
      const token = await issueToken(configHere(), {
        scope: wanted ?? 'transactions:authorize',
        subject: subject ?? 'developer',
        lifetimeSeconds: lifetime ?? HOUR_SECONDS,
      })
      process.stdout.write(`${token}\n`)
    })
}

function checkedScopes(text: string): string {
  const wanted = text.split(/[\s,]+/).filter((scope) => scope !== '')
  const unknown = wanted.filter((scope) => !scopes.includes(scope))
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no scope ${unknown.join(', ')}: there are ${scopes.join(', ')}.`)
  return wanted.join(' ')
}
