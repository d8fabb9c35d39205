import { terminalLines } from '../src/observability/logging/terminal-text.js'

/** Runs a command of the Makefile. A failure ends it with one line on standard error and exit code 1. */
export async function runCommand(name: string, command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    console.error(terminalLines(`${name}: ${message}`))
    process.exitCode = 1
  }
}

/**
 * An argument of a target of the Makefile: `make faults kind=crash` sets `ARG_kind`. An empty value counts as
 * not given.
 */
export function argument(name: string): string | undefined {
  return process.env[`ARG_${name}`] || undefined
}

/** Reads a required argument. */
export function requiredArgument(name: string, example: string): string {
  const value = argument(name)
  if (value === undefined) throw new Error(`${name}= is missing, for example ${example}`)
  return value
}

/** Reads an argument as a whole number above 0 of at most nine digits, which always fits an int32. */
export function countArgument(name: string): number | undefined {
  const value = argument(name)
  if (value === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(value))
    throw new Error(`${name}= must be a whole number above 0, of at most nine digits`)
  return Number(value)
}
