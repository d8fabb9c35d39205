import { CommanderError } from 'commander'
import { ConfigError } from '../src/config.js'
import { terminalLines } from '../src/observability/logging/terminal-text.js'
import { exitCodes, Failure } from './failure.js'
import { createProgram } from './program.js'

/** Runs one command. Standard error and the exit code report its failure. */
async function main(): Promise<void> {
  // A reader that stops early, such as head, does not count as a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.done)
    throw error
  })
  try {
    await createProgram().parseAsync()
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    // Commander has already reported the error.
    if (error instanceof CommanderError) return
    const text = error instanceof Failure || error instanceof ConfigError ? error.message : unexpected(error)
    process.stderr.write(`benefits: ${terminalLines(text)}\n`)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
  if (error instanceof ConfigError) return exitCodes.wrongUse
  return error instanceof Failure ? error.exitCode : exitCodes.noAnswer
}

/** A bug: the request may or may not have been carried out. */
function unexpected(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

await main()
// Exits explicitly: a closed connection keeps the process alive until the service has closed its end too.
process.stdout.write('', () => process.exit())
