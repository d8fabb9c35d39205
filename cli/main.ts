import { CommanderError } from 'commander'
import { ConfigError } from '../src/config.js'
import { terminalLines } from '../src/observability/logging/terminal-text.js'
import { exitCodes, Failure } from './failure.js'
import { createProgram } from './program.js'

/** Runs one command. What goes wrong is said on standard error, and by the exit code. */
async function main(): Promise<void> {
  // A reader that has read enough, such as head, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.done)
    throw error
  })
  try {
    await createProgram().parseAsync()
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    // Commander has said already what was wrong.
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

/** An error of ours: whatever was asked for may be done or not. */
function unexpected(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

await main()
// Exits explicitly: a closed connection keeps the process alive until the service has closed its end too.
process.stdout.write('', () => process.exit())
