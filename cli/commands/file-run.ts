import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { Failure } from '../failure.js'
import { count } from '../files/rejected-line.js'
import type { Session } from '../session.js'
import { Progress } from '../terminal/progress.js'

/** Longest time without an answer before a file gives up, in milliseconds; --timeout sets another. */
export const PATIENCE_MS = 300_000
/** Time limit for the first answer, in milliseconds: an unreachable service fails at once. */
export const FIRST_ANSWER_MS_MAX = 30_000

/** The signals and callbacks of a command that sends a file. */
export type FileRun = {
  /** Aborted by Ctrl-C: no more lines are sent. */
  readonly stop: AbortSignal
  /** Called with the number of lines that have an outcome. */
  readonly onProgress: (done: number) => void
  /** Called with the reason when the service does not answer. The file continues. */
  readonly onBreak: (reason: string) => void
}

/** Sends a file with a progress bar. Ctrl-C stops after the lines already sent. */
export async function runFile<Result>(
  session: Session,
  { lines, noun, parts }: { readonly lines: number; readonly noun: string; readonly parts: string },
  send: (run: FileRun) => Promise<Result>,
): Promise<Result> {
  const progress = new Progress(lines, 'lines')
  const stop = new AbortController()
  const onInterrupt = () => {
    progress.clear()
    session.output.note(`stopping after the ${parts} already sent`)
    stop.abort()
  }
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt)
  try {
    return await send({
      stop: stop.signal,
      onProgress: (done) => progress.show(done),
      onBreak: (reason) => {
        progress.clear()
        session.output.note(`the ${noun} continues after an interruption: ${reason}`)
      },
    })
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt)
    progress.clear()
  }
}

/** Asks for confirmation at a terminal. Elsewhere the command line is the confirmation. */
export async function isConfirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return true
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // Ctrl-C or the end of the input is not a confirmation.
    const closed = once(terminal, 'close').then(() => '')
    const answer = await Promise.race([terminal.question(`${question} Type yes: `), closed])
    return answer.trim().toLowerCase() === 'yes'
  } finally {
    terminal.close()
  }
}

/** Names the number of invalid lines. */
export function badText(length: number): string {
  return length === 1 ? '1 invalid line' : `${count(length)} invalid lines`
}

/** Adds to the problem of a begun file that the same command continues it. */
export function resumable({ message, exitCode }: Failure, effect: string): Failure {
  const advice = `run the same command again: it continues where this one ended, and ${effect}`
  return new Failure(`${message}\n${advice}`, exitCode)
}
