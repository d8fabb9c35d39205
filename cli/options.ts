import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseAmount, parseTransactionAmount } from './amount.js'

/** Longest `--timeout`, in seconds. */
const TIMEOUT_SECONDS_MAX = 3_600
const secondsPerUnit = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])

/** The required options. Commander's own check runs before that of misspelt options, and would hide them. */
const requiredOptions = new WeakSet<Option>()

/** Makes an option required. */
export function required(option: Option): Option {
  requiredOptions.add(option)
  return option
}

/** Ends a command that lacks a required option. */
export function checkRequired(command: Command): void {
  const missing = command.options.find(
    (each) => requiredOptions.has(each) && command.getOptionValue(each.attributeName()) === undefined,
  )
  if (missing) command.error(`error: required option '${missing.flags}' is missing`)
}

/** An option with a text. Like every option here, it is given at most once and never empty. */
export function textOption(flags: string, description: string): Option {
  return option(flags, description, (text) => text)
}

/** An option with the amount of a transaction, read as centavos in decimal. */
export function amountOption(flags: string, description: string): Option {
  return option(flags, description, (text) => parsed(() => parseTransactionAmount(text).toString()))
}

/** An option with a limit: an amount, 0 included, or `none`. */
export function limitOption(flags: string, description: string): Option {
  return option(flags, description, (text) =>
    text === 'none' ? text : parsed(() => parseAmount(text).toString()),
  )
}

/** An option with a whole number. */
export function numberOption(
  flags: string,
  description: string,
  { min, max }: { readonly min: number; readonly max: number },
): Option {
  return option(flags, description, (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  })
}

/** An option with a closed set of values. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  const made = option(flags, `${description}: ${choices.join(', ')}`, (text) => {
    const chosen = choices.find((choice) => choice.toLowerCase() === text.toLowerCase())
    if (chosen !== undefined) return chosen
    throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`)
  })
  return made
}

/** A switch that turns something off, such as `--no-fallback`. */
export function offOption(flags: string, description: string): Option {
  return new Option(flags, description)
}

/** A switch that turns something on. It stands for the values of other options that are not given. */
export function onOption(
  flags: string,
  description: string,
  implied: Readonly<Record<string, string>>,
): Option {
  return new Option(flags, description).implies(implied)
}

/** An option with a list of words, with spaces or commas between them. `none` is the empty list. */
export function listOption(flags: string, description: string): Option {
  return option(flags, description, listed)
}

/** An option with a list of values of a closed set, written as for {@link listOption}. */
export function choicesOption(flags: string, description: string, choices: readonly string[]): Option {
  return option(flags, `${description}: ${choices.join(', ')}, or none`, (text) => {
    const items = listed(text).map((item) => item.toLowerCase())
    if (items.every((item) => choices.includes(item))) return items
    throw new InvalidArgumentError(`It must be none, or a list of ${choices.join(', ')}.`)
  })
}

/** An option with a duration such as `15m`, read as seconds. */
export function durationOption(flags: string, description: string): Option {
  return option(flags, description, (text) => {
    const [, count, unit = ''] = /^(\d{1,5})([smhd])$/.exec(text) ?? []
    const seconds = Number(count) * (secondsPerUnit.get(unit) ?? Number.NaN)
    if (seconds > 0) return seconds
    throw new InvalidArgumentError('It must be a number and one of s m h d, for example 15m.')
  })
}

export function timeoutOption(description: string): Option {
  return numberOption('--timeout <seconds>', description, { min: 1, max: TIMEOUT_SECONDS_MAX })
}

/** An option that makes a change safe to repeat. */
export function requestIdOption(): Option {
  return textOption('--id <id>', 'id of the change: the same id makes the change only once')
}

/** Rejects an empty argument: an unset shell variable is a mistake, not an omitted argument. */
export function textArgument(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.')
  return text
}

function option(flags: string, description: string, parse: (text: string) => unknown): Option {
  return new Option(flags, description).argParser((text: string, previous: unknown) => {
    // A repeated option is a mistake in the command line, and neither value is to be preferred.
    if (previous !== undefined) throw new InvalidArgumentError('It is given more than once.')
    return parse(textArgument(text))
  })
}

function listed(text: string): readonly string[] {
  const items = text.split(/[\s,]+/).filter((item) => item !== '')
  return items.join() === 'none' ? [] : items
}

function parsed(parse: () => string): string {
  try {
    return parse()
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(`${error.message}.`)
    throw error
  }
}
